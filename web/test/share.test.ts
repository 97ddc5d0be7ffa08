import { describe, expect, it } from "vitest";
import {
  checkOf,
  choose,
  chosenFiles,
  type Folder,
  foldersAbove,
  inOrder,
  parentOf,
  rowsOf,
  type ShareEntry,
  type ShareTree,
  serverName,
  toggle,
} from "../src/ui/create/share";

const folder = (name: string): ShareEntry => ({ name, type: "DIR" });
const file = (name: string): ShareEntry => ({ name, type: "REG" });
const ready = (...entries: ShareEntry[]): Folder => ({ name: "ready", entries });

const tree: ShareTree = {
  folders: new Map<string, Folder>([
    ["", ready(file("10.jpg"), file("2.jpg"), folder("街景"), file("notes.txt"))],
    ["街景", ready(folder("day"), file("night.jpg"))],
    ["街景/day", ready(file("a.jpg"), file("b.jpg"), file("c.mp4"))],
  ]),
  open: new Set(["", "街景"]),
};

describe("the lines of the share", () => {
  it("are what is open, folders first, numbers as people count", () => {
    expect(rowsOf(tree).map(({ path, depth }) => [path, depth])).toEqual([
      ["", 0],
      ["街景", 1],
      ["街景/day", 2],
      ["街景/night.jpg", 2],
      ["2.jpg", 1],
      ["10.jpg", 1],
      ["notes.txt", 1],
    ]);
  });

  it("say what cannot be chosen, and why", () => {
    expect(rowsOf(tree).at(-1)).toMatchObject({
      kind: "file",
      problem: "not-image",
      position: 4,
      siblings: 4,
    });
  });

  it.each([
    ["while it is asked for", undefined, "loading"],
    ["that is asked for", { name: "loading" }, "loading"],
    ["that could not be read", { name: "failed", reason: "gone" }, "failed"],
    ["with nothing in it", ready(), "empty"],
  ] as const)("have a note about a folder %s", (_, state, kind) => {
    const folders = new Map(state === undefined ? [] : [["", state as Folder]]);
    expect(rowsOf({ folders, open: new Set([""]) }).map((row) => row.kind)).toEqual(["folder", kind]);
  });

  it("leave the entries as they came", () => {
    const entries = [file("b.jpg"), folder("a")];
    expect(inOrder(entries).map(({ name }) => name)).toEqual(["a", "b.jpg"]);
    expect(entries[0]?.name).toBe("b.jpg");
  });
});

describe("choosing", () => {
  const sorted = (chosen: ReadonlySet<string>) => [...chosen].sort();

  it("a folder takes in what was chosen in it", () => {
    expect(sorted(choose("街景", new Set(["街景/day/a.jpg", "2.jpg"])))).toEqual(["2.jpg", "街景"]);
  });

  it("what is chosen with its folder changes nothing", () => {
    expect(sorted(choose("街景/day", new Set(["街景"])))).toEqual(["街景"]);
  });

  it("a file out of a chosen folder leaves all beside it, but no videos", () => {
    expect(sorted(toggle("街景/day/a.jpg", new Set(["街景"]), tree))).toEqual([
      "街景/day/b.jpg",
      "街景/night.jpg",
    ]);
  });

  it("a file out of the whole share leaves all else", () => {
    expect(sorted(toggle("街景/night.jpg", new Set([""]), tree))).toEqual(["10.jpg", "2.jpg", "街景/day"]);
  });

  it("twice is not choosing", () => {
    const once = toggle("2.jpg", new Set(), tree);
    expect(sorted(once)).toEqual(["2.jpg"]);
    expect(sorted(toggle("2.jpg", once, tree))).toEqual([]);
  });

  it.each([
    ["街景/day/a.jpg", ["街景"], true],
    ["街景", ["街景/day/a.jpg"], "mixed"],
    ["", ["2.jpg"], "mixed"],
    ["街景", ["街景 2/a.jpg"], false],
    ["2.jpg", [""], true],
  ])("shows %s with %j chosen as %s", (path, chosen, expected) => {
    expect(checkOf(path, new Set(chosen))).toBe(expected);
  });
});

describe("what is sent", () => {
  it("marks folders by a slash", () => {
    const files = chosenFiles(new Set(["街景/day", "2.jpg", ""]), tree);
    expect(files.map(serverName)).toEqual(["/", "2.jpg", "街景/day/"]);
  });

  it("is shown again by opening the folders it lies in", () => {
    const files = [
      { path: "a/b/c.jpg", isFolder: false },
      { path: "d", isFolder: true },
    ];
    expect([...foldersAbove(files)].sort()).toEqual(["", "a", "a/b"]);
  });

  it.each([
    ["", undefined],
    ["a", ""],
    ["a/b/c", "a/b"],
  ])("lies, as %j, in %j", (path, expected) => {
    expect(parentOf(path)).toBe(expected);
  });
});
