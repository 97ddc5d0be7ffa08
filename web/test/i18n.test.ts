import { describe, expect, it } from "vitest";
import "../src/ui/datasets/texts";
import "../src/ui/people/texts";
import "../src/ui/projects/texts";
import "../src/ui/review/texts";
import "../src/ui/statistics/texts";
import { DICTIONARIES, type Key, locale, pickLocale, productName, t } from "../src/i18n";

const { "en-US": en, "zh-CN": zh } = DICTIONARIES;

const holes = (text = ""): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe("dictionaries", () => {
  it("have the same keys in the same order", () => {
    expect(Object.keys(zh)).toEqual(Object.keys(en));
  });

  it.each(Object.keys(en) as Key[])("have the same holes in %s", (key) => {
    expect(holes(zh[key])).toEqual(holes(en[key]));
  });

  it("have no empty text", () => {
    expect([...Object.values(en), ...Object.values(zh)].filter((text) => text.trim() === "")).toEqual([]);
  });
});

describe("the language", () => {
  it.each([
    ["zh-TW before English", ["zh-TW", "en"], "zh-CN"],
    ["the first we speak", ["fr", "ZH-Hans", "en-GB"], "zh-CN"],
    ["English when we speak none", ["fr", "de"], "en-US"],
    ["English when nothing is wanted", [], "en-US"],
  ])("is %s", (_, wanted, expected) => {
    expect(pickLocale(wanted)).toBe(expected);
  });

  it("changes the texts at once", () => {
    locale.value = "zh-CN";
    expect(t("user-menu", { name: "admin" })).toBe("账号 admin");
    locale.value = "en-US";
    expect(t("user-menu", { name: "admin" })).toBe("Account admin");
  });
});

describe("the product's name", () => {
  const page = (content: string, zh: string) => ({
    querySelector: () => ({ content, dataset: { zh } }) as never,
  });

  it.each([
    ["as the server says, in English", "en-US", page("Boxer", "画框"), "Boxer"],
    ["as the server says, in Chinese", "zh-CN", page("Boxer", "画框"), "画框"],
    ["ours when the server says nothing", "en-US", page("", ""), "Labelwright"],
  ] as const)("is %s", (_, language, document, expected) => {
    locale.value = language;
    expect(productName(document)).toBe(expected);
    locale.value = "en-US";
  });
});
