import { describe, expect, it } from "vitest";
import "../src/ui/datasets/texts";
import { nameFiles } from "../src/ui/create/files";
import { defaultCropType } from "../src/ui/datasets/crops";
import { problemOfDatasetFile } from "../src/ui/datasets/files";
import { gridOf, indexByKey, partInSight } from "../src/ui/datasets/grid";
import { ItemPages, type ItemsPage } from "../src/ui/datasets/item-pages";
import { firstLabels, taskNameOf } from "../src/ui/datasets/names";
import { isPublished } from "../src/ui/datasets/publish";
import { ANNOTATION_TYPES, FORMATS, statusName, typeName } from "../src/ui/datasets/words";

describe("a task of a dataset", () => {
  it.each([
    ["test_dog1111", "object_detection", "COCO 1.0", "test_dog1111_object_detection_COCO_1.0"],
    [
      "街景  2021 \t夏",
      "ocr_recognition",
      "OCR RECOGNITION 1.0",
      "街景_2021_夏_ocr_recognition_OCR_RECOGNITION_1.0",
    ],
  ])("of %s is named by what it is for", (name, annotType, cvDatasetFormat, expected) => {
    expect(taskNameOf({ name, annotType, cvDatasetFormat })).toBe(expected);
  });

  it("keeps its ending when the name is too long", () => {
    const name = taskNameOf({
      name: "n".repeat(300),
      annotType: "object_detection",
      cvDatasetFormat: "COCO 1.0",
    });
    expect([name.length, name.endsWith("n_object_detection_COCO_1.0")]).toEqual([256, true]);
  });

  it("begins with the label for texts where texts are read", () => {
    const [text, ...others] = firstLabels({ annotType: "ocr_detection", labelList: null });
    expect(others).toEqual([]);
    expect(text).toEqual({
      id: undefined,
      name: "text",
      color: "#20cc1c",
      attributes: [
        { id: undefined, name: "value", inputType: "text", values: [""], defaultValue: "", mutable: false },
      ],
    });
  });

  it.each([
    ["object_detection", ["car", "狗", "car"], ["car", "狗"]],
    ["object_detection", null, []],
    ["ocr_recognition", ["word", "text"], ["text", "word"]],
  ])("of %s published with %j begins with %j", (annotType, labelList, expected) => {
    const labels = firstLabels({ annotType, labelList });
    expect(labels.map(({ name }) => name)).toEqual(expected);
    expect(new Set(labels.map(({ color }) => color)).size).toBe(labels.length);
  });
});

describe("words", () => {
  it("are those of the catalogue where we have none", () => {
    expect([typeName("object_detection"), typeName("video_tracking")]).toEqual([
      "Object detection",
      "video_tracking",
    ]);
    expect([statusName("labeled"), statusName("importing")]).toEqual(["Labelled", "importing"]);
  });

  it("name a format for each type", () => {
    expect(ANNOTATION_TYPES.map((each) => FORMATS[each])).toEqual([
      "ImageNet 1.0",
      "COCO 1.0",
      "COCO 1.0",
      "OCR DETECTION 1.0",
      "OCR RECOGNITION 1.0",
    ]);
  });

  it.each([
    ["object_detection", "image_classification"],
    ["ocr_detection", "ocr_recognition"],
    ["", "image_classification"],
  ])("make of what is cut out of %j %s", (source, expected) => {
    expect(defaultCropType(source)).toBe(expected);
  });
});

it.each([
  [null, false],
  ["2021-04-27T04:14:33Z", false],
  ["2021-04-27T04:14:35Z", true],
])("a task published at %j is still published: %j", (published_date, expected) => {
  expect(isPublished({ published_date, updated_date: "2021-04-27T04:14:34Z" })).toBe(expected);
});

describe("files of a dataset", () => {
  const found = (path: string) => ({ file: new File([path], path.split("/").at(-1) ?? ""), path });
  const places = (...paths: string[]) => nameFiles(paths.map(found)).map(({ name }) => name);

  it.each([
    ["lose the folder all of them lie in", ["street/a/1.jpg", "street/b/1.jpg"], ["a/1.jpg", "b/1.jpg"]],
    ["keep the folders they lie in", ["a/1.jpg", "1.jpg"], ["a/1.jpg", "1.jpg"]],
    [
      "are numbered where they share a place",
      ["1.jpg", "1.jpg", "1.jpg", "LICENCE.d/x", "LICENCE.d/x"],
      ["1.jpg", "1_2.jpg", "1_3.jpg", "LICENCE.d/x", "LICENCE.d/x_2"],
    ],
    ["need no folder", ["1.jpg"], ["1.jpg"]],
  ])("%s", (_, paths, expected) => {
    expect(places(...paths)).toEqual(expected);
  });

  it.each([
    ["1.JPG", undefined],
    ["all.zip", undefined],
    ["synsets.txt", undefined],
    ["instances_default.json", undefined],
    ["all.tar.gz", "archive"],
    ["street.mp4", "video"],
    ["notes.docx", "not-image"],
  ])("as %s: %j", (name, expected) => {
    expect(problemOfDatasetFile(name)).toBe(expected);
  });
});

describe("the grid", () => {
  const grid = gridOf(1000, 103);

  it("has as many columns as fit, two at least", () => {
    expect([grid.columns, gridOf(200, 5).columns, gridOf(0, 5).columns]).toEqual([6, 2, 2]);
    expect(grid.heightPx).toBe(Math.ceil(103 / 6) * grid.rowPx);
  });

  it.each([
    ["at its top", -300, { first: 0, end: 24 }],
    ["in its middle", 8 * 160, { first: 36, end: 84 }],
    ["at its end", 18 * 160 - 500, { first: 72, end: 103 }],
    ["far beyond it", 100_000, { first: 102, end: 103 }],
  ])("has whole rows in sight %s", (_, above, expected) => {
    expect(partInSight({ columns: 6, rowPx: 160, heightPx: 18 * 160 }, 103, above, 600)).toEqual(expected);
  });

  it.each([
    ["ArrowRight", 5, 6],
    ["ArrowLeft", 0, undefined],
    ["ArrowDown", 96, 102],
    ["ArrowDown", 97, undefined],
    ["ArrowUp", 6, 0],
    ["End", 3, 102],
    ["Home", 50, 0],
    ["x", 3, undefined],
  ])("leads by %s from %i to %s", (key, index, expected) => {
    expect(indexByKey(key, index, 6, 103)).toBe(expected);
  });
});

describe("the images of a dataset", () => {
  const item = (index: number) => ({
    path: `${index}.jpg`,
    name: `${index}.jpg`,
    displayName: `${index}.jpg`,
    size: 1,
  });
  const pageOf = (pageNum: number, total: number): ItemsPage => ({
    total,
    items: Array.from({ length: Math.min(100, total - 100 * (pageNum - 1)) }, (_, offset) =>
      item(100 * (pageNum - 1) + offset),
    ),
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve));

  it("are asked for page by page, each once", async () => {
    const asked: number[] = [];
    const pages = new ItemPages(async ({ pageNum }) => {
      asked.push(pageNum);
      return pageOf(pageNum, 250);
    });
    await settle();
    pages.want(90, 130);
    pages.want(120, 250);
    await settle();
    expect(asked).toEqual([1, 2, 3]);
    expect([pages.total.value, pages.at(0)?.name, pages.at(249)?.name, pages.at(250)]).toEqual([
      250,
      "0.jpg",
      "249.jpg",
      undefined,
    ]);
  });

  it("are asked for again when they are others, and what was asked before is passed over", async () => {
    const answers: ((page: ItemsPage) => void)[] = [];
    const pages = new ItemPages(() => new Promise((resolve) => answers.push(resolve)));
    pages.renew();
    answers[1]?.(pageOf(1, 3));
    await settle();
    answers[0]?.(pageOf(1, 9));
    await settle();
    expect([pages.total.value, pages.at(3)]).toEqual([3, undefined]);
  });

  it("can be asked for again when they could not be had", async () => {
    let isDown = true;
    const pages = new ItemPages(async ({ pageNum }) => {
      if (isDown) throw new Error("down");
      return pageOf(pageNum, 2);
    });
    await settle();
    expect(pages.problem.value).toEqual(new Error("down"));
    isDown = false;
    pages.renew();
    await settle();
    expect([pages.problem.value, pages.total.value]).toEqual([undefined, 2]);
  });
});
