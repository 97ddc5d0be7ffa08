import { expect, test } from "vitest";
import { markKnown } from "../src/ui/tasks/add-images";

const chosen = (path: string) => ({
  file: new File(["x"], path.split("/").at(-1) ?? ""),
  path,
  problem: undefined,
});

test.each([
  ["of new names are taken", ["a.jpg", "b.jpg"], ["c.jpg"], [undefined, undefined]],
  ["are passed over when a frame has their name", ["a.jpg", "b.jpg"], ["a.jpg"], ["known", undefined]],
  ["are named from below the folder they share", ["new/a.jpg", "new/b.jpg"], ["b.jpg"], [undefined, "known"]],
  [
    "are looked at again when those left share a folder",
    ["x/a.jpg", "y/b.jpg"],
    ["x/a.jpg", "b.jpg"],
    ["known", "known"],
  ],
  ["in archives are for the server to look at", ["a.zip"], ["a.zip"], [undefined]],
] as const)("images to add %s", (_, paths, names, expected) => {
  const marked = markKnown(paths.map(chosen), new Set(names));
  expect(marked.map(({ problem }) => problem)).toEqual(expected);
  expect(markKnown(marked, new Set()).every(({ problem }) => problem === undefined)).toBe(true);
});
