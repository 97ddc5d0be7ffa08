import { beforeAll, describe, expect, it } from "vitest";
import {
  labelDigits,
  loadPinyin,
  needsPinyin,
  type PinyinIndex,
  sameName,
  searchLabels,
  withRecent,
} from "../src/core/label-search";
import type { Label } from "../src/core/model";

const labelsOf = (...names: string[]): Label[] =>
  names.map((name, index) => ({ id: index + 1, name, color: "#336699", attributes: [] }));

/** Names found, met parts in brackets. */
function shown(labels: readonly Label[], query: string, pinyin?: PinyinIndex, gaps = true): string[] {
  return searchLabels(labels, query, { pinyin, gaps }).map(({ label, ranges }) => {
    let text = "";
    let at = 0;
    for (const [start, end] of ranges) {
      text += `${label.name.slice(at, start)}[${label.name.slice(start, end)}]`;
      at = end;
    }
    return text + label.name.slice(at);
  });
}

describe("a search for labels", () => {
  it("gives all in their order when the query is blank", () => {
    expect(shown(labelsOf("b", "a"), "  ")).toEqual(["b", "a"]);
  });

  it("puts exact before prefix, word start, substring and letters with gaps", () => {
    const labels = labelsOf("crab bar", "scary", "red car", "carrot", "Car");
    expect(shown(labels, "car")).toEqual(["[Car]", "[car]rot", "red [car]", "s[car]y", "[c]r[a]b ba[r]"]);
  });

  it.each([
    ["case", "CAR", ["car"], ["[car]"]],
    ["an accent in the name", "velo", ["Vélo"], ["[Vélo]"]],
    ["a combining accent", "velo", ["Ve\u0301lo cargo"], ["[Ve\u0301lo] cargo"]],
    ["an accent in the query", "vélo", ["velo"], ["[velo]"]],
    ["full-width letters", "ＣＡＲ", ["car"], ["[car]"]],
    ["outer blanks", "  car ", ["car"], ["[car]"]],
    ["what a regular expression would mean", "a.b*(", ["a.b*(c", "axbb"], ["[a.b*(]c"]],
    ["an emoji", "🚗", ["red 🚗 car"], ["red [🚗] car"]],
    ["blanks within", "traffic li", ["traffic light"], ["[traffic li]ght"]],
  ])("heeds not %s", (_, query, names, expected) => {
    expect(shown(labelsOf(...names), query)).toEqual(expected);
  });

  it.each([
    ["parkl", "parking lot", "[park]ing [l]ot"],
    ["tl", "trafficLight", "[t]raffic[L]ight"],
    ["ts2", "traffic_sign_2", "[t]raffic_[s]ign_[2]"],
    ["viplp", "big VIPLane plate", "big [VIPL]ane [p]late"],
    ["vlp", "VIP only lane", undefined],
    ["light red", "Red traffic light", "[Red] traffic [light]"],
    ["light blue", "Red traffic light", undefined],
  ])("meets %s with words of %s", (query, name, expected) => {
    expect(shown(labelsOf(name), query)).toEqual(expected === undefined ? [] : [expected]);
  });

  it("leaves letters with gaps out when told", () => {
    expect(shown(labelsOf("cart", "crt"), "crt", undefined, false)).toEqual(["[crt]"]);
  });
});

describe("pinyin", () => {
  const labels = labelsOf("行人", "汽车", "红色汽车", "银行", "重庆", "绿灯", "car 汽车 2", "长沙 bus");
  let pinyin: PinyinIndex;

  beforeAll(async () => {
    pinyin = await loadPinyin(labels);
  });

  it.each([
    ["full", "qiche", "[汽车]"],
    ["initials", "qc", "[汽车]"],
    ["half a syllable at the end", "qic", "[汽车]"],
    ["an initial and a syllable", "q che", "[汽车]"],
    ["a syllable and an initial", "qi'c", "[汽车]"],
    ["a character and letters", "汽c", "[汽车]"],
    ["capital letters", "QiChe", "[汽车]"],
    ["one character", "车", "汽[车]"],
    ["the first syllable", "qi", "[汽]车"],
    ["inside", "hsqc", "[红色汽车]"],
    ["skipping a character", "hc", "[红]色汽[车]"],
    ["a heteronym read xing", "xingren", "[行人]"],
    ["a heteronym read hang", "yinhang", "[银行]"],
    ["a heteronym read chong", "chongq", "[重庆]"],
    ["the same read zhong", "zhongqing", "[重庆]"],
    ["ü as v", "lvd", "[绿灯]"],
    ["ü as u", "ludeng", "[绿灯]"],
    ["letters, characters and digits", "cqc2", "[c]ar [汽车] [2]"],
    ["characters and a word", "csbus", "[长沙] [bus]"],
  ])("finds %s first: %s", (_, query, expected) => {
    expect(shown(labels, query, pinyin)[0]).toBe(expected);
  });

  it("is not needed to find characters, and finds nothing else without", () => {
    expect(shown(labels, "汽车")).toEqual(["[汽车]", "红色[汽车]", "car [汽车] 2"]);
    expect(shown(labels, "qiche")).toEqual([]);
  });

  it("puts the whole name before its beginning, and that before the middle", () => {
    expect(shown(labels, "qiche", pinyin)).toEqual(["[汽车]", "红色[汽车]", "car [汽车] 2"]);
  });

  it("is needed where a Han character is", () => {
    expect(needsPinyin(labelsOf("car", "かな"))).toBe(false);
    expect(needsPinyin(labelsOf("car", "x车"))).toBe(true);
  });

  it("takes a few milliseconds for a key with 500 labels", async () => {
    const kinds = ["汽车", "行人", "自行车", "交通信号灯", "traffic light", "ParkingLot", "重型卡车"];
    const parts = ["红色", "left", "遮挡", "small", "银行"];
    const many = labelsOf(
      ...Array.from({ length: 500 }, (_, at) => `${parts[at % 5]}${kinds[at % 7]} ${at}`),
    );
    const index = await loadPinyin(many);
    const queries = ["h", "hs", "hsq", "hsqc", "zhongxing", "tl 1", "red light", "zzzz", "xinghaodeng 4"];
    searchLabels(many, "warm", { pinyin: index });
    const times = queries.map((query) => {
      const start = performance.now();
      searchLabels(many, query, { pinyin: index });
      return performance.now() - start;
    });
    console.info(`500 labels: ${times.map((time) => time.toFixed(1)).join(", ")} ms a key`);
    // Of a machine busy with other things the median says more than the slowest.
    expect(times.toSorted((a, b) => a - b)[4]).toBeLessThan(250);
  });
});

describe("names, digits and what was used last", () => {
  it.each([
    ["Car", " car ", true],
    ["Vélo", "velo", true],
    ["car", "cars", false],
  ])("%s and %s are one name: %s", (a, b, expected) => {
    expect(sameName(a, b)).toBe(expected);
  });

  it("gives digits to the first nine labels", () => {
    const digits = labelDigits(labelsOf(..."abcdefghijk"));
    expect([...digits]).toEqual(Array.from({ length: 9 }, (_, at) => [at + 1, at + 1]));
  });

  it("keeps the last five, each once, newest first", () => {
    const recent = [1, 2, 3, 2, 4, 5, 6].reduce<readonly number[]>(withRecent, []);
    expect(recent).toEqual([6, 5, 4, 2, 3]);
  });
});
