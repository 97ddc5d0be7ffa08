import { describe, expect, it } from "vitest";
import {
  addFiles,
  type Found,
  fileNamedIn,
  isHidden,
  looksLikeImage,
  nameFiles,
  problemOfName,
} from "../src/ui/create/files";
import { filesSent, Meter } from "../src/upload";

describe("the rate", () => {
  it("is unknown at first", () => {
    const meter = new Meter();
    meter.note(0, 0);
    meter.note(100, 5000);
    expect(meter.bytesPerSecond).toBeUndefined();
  });

  it("is that of the last seconds", () => {
    const meter = new Meter();
    for (let second = 0; second <= 20; second += 1)
      meter.note(1000 * second, second < 10 ? 1000 * second : 9000 + 100 * (second - 9));
    expect(meter.bytesPerSecond).toBeCloseTo(100);
  });

  it("falls when nothing leaves", () => {
    const meter = new Meter();
    meter.note(0, 0);
    meter.note(1000, 1000);
    meter.note(4000, 1000);
    expect(meter.bytesPerSecond).toBeCloseTo(250);
  });
});

it.each([
  [0, 0],
  [9, 0],
  [10, 1],
  [29, 1],
  [30, 2],
  [99, 3],
])("after %i bytes, %i files are sent", (sent, expected) => {
  expect(filesSent([10, 30, 60], sent)).toBe(expected);
});

const found = (path: string, content = "x"): Found => ({
  file: new File([content], path.split("/").at(-1) ?? "", { lastModified: 1 }),
  path,
});

describe("files", () => {
  it.each([
    ["a.jpg", undefined],
    ["A.JPEG", undefined],
    ["scan.tif", undefined],
    ["notes.txt", "not-image"],
    ["drawing.svg", "not-image"],
    ["noending", "not-image"],
    ["clip.mp4", "video"],
    ["all.tar.gz", "archive"],
    ["paper.pdf", "pdf"],
    ["cloud.pcd", "pointcloud"],
  ])("%s is told by its name", (name, expected) => {
    expect(problemOfName(name)).toBe(expected);
  });

  it.each([
    [".DS_Store", true],
    ["a/.git/x.jpg", true],
    ["__MACOSX/a.jpg", true],
    ["a/Thumbs.db", true],
    ["a/b.jpg", false],
  ])("%s is hidden: %s", (path, expected) => {
    expect(isHidden(path)).toBe(expected);
  });

  it("are added once, empty ones with their problem, hidden ones not at all", () => {
    const first = addFiles([], [found("a/1.jpg"), found("a/.hidden"), found("a/2.jpg", "")]);
    const again = addFiles(first, [found("a/1.jpg"), found("b/1.jpg")]);
    expect(again.map(({ path, problem }) => [path, problem])).toEqual([
      ["a/1.jpg", undefined],
      ["a/2.jpg", "empty"],
      ["b/1.jpg", undefined],
    ]);
  });

  it("keep their names, unless two share one: those are called by their folders", () => {
    const names = nameFiles(["left/1.jpg", "right/1.jpg", "right/2.jpg"].map((path) => found(path)));
    expect(names.map(({ name }) => name)).toEqual(["left_1.jpg", "right_1.jpg", "2.jpg"]);
  });

  it("are numbered where folders do not part them", () => {
    const names = nameFiles(["a/b_1.jpg", "a_b/1.jpg", "c/b_1.jpg", "1.jpg"].map((path) => found(path)));
    expect(new Set(names.map(({ name }) => name)).size).toBe(4);
  });

  it("are found in the server's sentence by their longest name", () => {
    const named = nameFiles(["1.jpg", "01.jpg"].map((path) => found(path)));
    expect(fileNamedIn("01.jpg is no image that can be read", named)?.name).toBe("01.jpg");
    expect(fileNamedIn("the disk is full", named)).toBeUndefined();
  });

  it.each([
    ["a.jpg", "\xff\xd8\xff\xe0", true],
    ["a.jpg", "\x89PNG", true],
    ["a.png", "this is text", false],
    ["a.webp", "RIFF\0\0\0\0WEBP", true],
    ["a.webp", "RIFF\0\0\0\0WAVE", false],
    ["a.tga", "anything", true],
  ])("%s that begins with %j is taken for an image: %s", (name, head, expected) => {
    expect(
      looksLikeImage(
        name,
        Uint8Array.from(head, (char) => char.charCodeAt(0)),
      ),
    ).toBe(expected);
  });
});
