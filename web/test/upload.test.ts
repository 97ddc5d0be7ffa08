import { describe, expect, it } from "vitest";
import {
  addFiles,
  EarlierFile,
  type Found,
  fileNamedIn,
  groupsOf,
  isHidden,
  nameFiles,
  problemOfHead,
  problemOfImage,
  problemOfName,
  titlesOf,
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
    ["drawing.svg", "drawing"],
    ["noending", "not-image"],
    ["clip.MP4", undefined],
    ["all.tar.gz", undefined],
    ["paper.pdf", undefined],
    ["notes.txt.gz", "packed"],
    ["all.rar", "packed"],
    ["IMG_1.HEIC", "heic"],
    ["IMG_1.CR2", "raw"],
    ["cloud.pcd", "pointcloud"],
  ])("%s is told by its name", (name, expected) => {
    expect(problemOfName(name)).toBe(expected);
  });

  it.each([
    ["a.jpg", undefined],
    ["clip.mp4", "video"],
    ["all.zip", "archive"],
    ["notes.txt", "not-image"],
  ])("%s is told by its name where only images go", (name, expected) => {
    expect(problemOfImage(name)).toBe(expected);
  });

  it("are grouped by what one task can be made of: images together, each other one alone", () => {
    const files = ["a/1.jpg", "clip.mp4", "a/2.png", "other.mov", "all.zip"].map((path) => found(path));
    const groups = groupsOf(files).map(({ kind, files }) => [kind, files.map(({ path }) => path)]);
    expect(groups).toEqual([
      ["image", ["a/1.jpg", "a/2.png"]],
      ["video", ["clip.mp4"]],
      ["video", ["other.mov"]],
      ["archive", ["all.zip"]],
    ]);
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

  it("that were sent before are found again in their folder, and the others beside them", () => {
    const sent = { file: new EarlierFile("left/1.jpg", 1), path: "left/1.jpg", problem: undefined };
    const again = addFiles([sent], [found("street/left/1.jpg"), found("street/2.jpg"), found("other/2.jpg")]);
    expect(again.map(({ path }) => path)).toEqual(["left/1.jpg", "2.jpg", "other/2.jpg"]);
  });

  it("keep their paths, without the one folder that all lie in", () => {
    const names = (...paths: string[]) => nameFiles(paths.map((path) => found(path))).map(({ name }) => name);
    expect(names("street/left/1.jpg", "street/right/1.jpg")).toEqual(["left/1.jpg", "right/1.jpg"]);
    expect(names("left/1.jpg", "2.jpg")).toEqual(["left/1.jpg", "2.jpg"]);
    expect(names("1.jpg", "1.jpg", "1_2.jpg")).toEqual(["1.jpg", "1_2.jpg", "1_2_2.jpg"]);
  });

  it("are found in the server's sentence by their longest name", () => {
    const named = nameFiles(["1.jpg", "01.jpg"].map((path) => found(path)));
    expect(fileNamedIn("01.jpg is no image that can be read", named)?.name).toBe("01.jpg");
    expect(fileNamedIn("the disk is full", named)).toBeUndefined();
  });

  it.each([
    ["a.jpg", "\xff\xd8\xff\xe0", undefined],
    ["a.jpg", "\x89PNG", undefined],
    ["a.png", "this is text", "disguised"],
    ["a.webp", "RIFF\0\0\0\0WEBP", undefined],
    ["a.webp", "RIFF\0\0\0\0WAVE", "disguised"],
    ["a.tga", "anything", undefined],
    ["a.jpg", "\0\0\0\x18ftypheic", "heic"],
  ])("%s that begins with %j has this problem: %s", (name, head, expected) => {
    const bytes = Uint8Array.from(head, (char) => char.charCodeAt(0));
    expect(problemOfHead(name, bytes)).toBe(expected);
  });
});

it.each([
  ["one file", ["drive.tar.gz"], ["drive"]],
  ["one folder, whose dot is no ending", ["v1.2/a.jpg", "v1.2/deep/b.jpg"], ["v1.2"]],
  ["files beside a folder, in the order of frames", ["z.jpg", "park/9.jpg", "a.jpg"], ["a", "park", "z"]],
  ["two files of one name", ["a.jpg", "a.png"], ["a"]],
  ["a name without an ending", ["scan"], ["scan"]],
])("the titles of %s", (_, paths, titles) => {
  expect(titlesOf(paths.map((path) => ({ path })))).toEqual(titles);
});
