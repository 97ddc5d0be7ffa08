import { signal } from "@preact/signals";
import enCommon from "./locales/en-US/common.json";
import type enDatasets from "./locales/en-US/datasets.json";
import enPages from "./locales/en-US/pages.json";
import enPanels from "./locales/en-US/panels.json";
import type enPeople from "./locales/en-US/people.json";
import type enProjects from "./locales/en-US/projects.json";
import enRepository from "./locales/en-US/repository.json";
import type enReview from "./locales/en-US/review.json";
import type enStatistics from "./locales/en-US/statistics.json";
import enSync from "./locales/en-US/sync.json";
import enTools from "./locales/en-US/tools.json";
import enWorkbench from "./locales/en-US/workbench.json";
import zhCommon from "./locales/zh-CN/common.json";
import zhPages from "./locales/zh-CN/pages.json";
import zhPanels from "./locales/zh-CN/panels.json";
import zhRepository from "./locales/zh-CN/repository.json";
import zhSync from "./locales/zh-CN/sync.json";
import zhTools from "./locales/zh-CN/tools.json";
import zhWorkbench from "./locales/zh-CN/workbench.json";
import { remember, remembered } from "./remember";

export const LOCALES = ["en-US", "zh-CN"] as const;
export type Locale = (typeof LOCALES)[number];

const en = {
  ...enCommon,
  ...enPages,
  ...enPanels,
  ...enRepository,
  ...enSync,
  ...enTools,
  ...enWorkbench,
};
/** Of areas that are fetched later, with what needs them. */
type LaterKey =
  | keyof typeof enDatasets
  | keyof typeof enPeople
  | keyof typeof enProjects
  | keyof typeof enReview
  | keyof typeof enStatistics;
export type Key = keyof typeof en | LaterKey;

/** How each language calls itself: the same in every language. */
export const LOCALE_NAMES: Record<Locale, string> = { "en-US": "English", "zh-CN": "简体中文" };

const zh: Record<keyof typeof en, string> = {
  ...zhCommon,
  ...zhPages,
  ...zhPanels,
  ...zhRepository,
  ...zhSync,
  ...zhTools,
  ...zhWorkbench,
};

/** As much as is there: texts of an area fetched later come with `addTexts`. */
export const DICTIONARIES: Record<Locale, Partial<Record<Key, string>>> = {
  "en-US": { ...en },
  "zh-CN": { ...zh },
};

/** Bring the texts of an area that only some pages need; what shows them imports the module that calls this. */
export function addTexts<Area extends LaterKey>(texts: Readonly<Record<Locale, Record<Area, string>>>): void {
  for (const each of LOCALES) Object.assign(DICTIONARIES[each], texts[each]);
}

/** What the product is called here: the server writes its setting into the page. */
export function productName(page: Pick<Document, "querySelector"> = document): string {
  const names = page.querySelector<HTMLMetaElement>('meta[name="labelwright-product"]');
  const name = locale.value === "zh-CN" ? names?.dataset.zh : names?.content;
  return name || t("product");
}

/** The language shown. Changing it shows the whole page anew. */
export const locale = signal<Locale>("en-US");

/** Choose the language: what was chosen before, else the first of the browser's that we speak. */
export function startLocale(): void {
  locale.value = remembered("locale", LOCALES) ?? pickLocale(navigator.languages);
}

export function chooseLocale(chosen: Locale): void {
  locale.value = chosen;
  remember("locale", chosen);
}

/** The first of `wanted` (BCP 47 tags, dearest first) that we speak; English if we speak none. */
export function pickLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const spoken = LOCALES.find((each) => each.slice(0, 2) === tag.slice(0, 2).toLowerCase());
    if (spoken !== undefined) return spoken;
  }
  return "en-US";
}

/** The text of `key` in the language shown, with each `{name}` replaced from `params`. */
export function t(key: Key, params: Record<string, string | number> = {}): string {
  const text = DICTIONARIES[locale.value][key];
  if (text === undefined) throw new Error(`the text ${key} is not there yet`);
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => (name in params ? String(params[name]) : hole));
}
