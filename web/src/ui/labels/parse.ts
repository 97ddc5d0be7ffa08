/** Labels out of text: names as they are typed and pasted, and the raw JSON of a whole set. */

import { type EditedAttribute, type EditedLabel, INPUT_TYPES, labelToWire, nextColor } from "./model";

export const NAME_LIMIT = 64;
const VALUES_LIMIT = 4096;
const DEFAULT_LIMIT = 128;

/** What is wrong with labels: a text of the dictionary, without `labels.problem.`, and what fills it. */
export interface Problem {
  readonly name:
    | "json" | "list" | "object" | "name" | "name-long" | "twice" | "color" | "unknown-id"
    | "attribute-name" | "attribute-twice" | "attribute-type" | "attribute-mutable" | "attribute-values"
    | "attribute-choices" | "attribute-number" | "attribute-default"; // biome-ignore format: as a list
  readonly params: Readonly<Record<string, string>>;
}

/** The names in `text`: parted by lines, tabs, commas and semicolons of either width; each once, in order. */
export function parseNames(text: string): readonly string[] {
  const names = text.split(/[\n\r\t,，、;；]+/).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}

/** Whether `text` holds more than one name. */
export function holdsSeveral(text: string): boolean {
  return parseNames(text).length > 1;
}

export interface SortedNames {
  readonly fresh: readonly string[];
  /** Those there are already. */
  readonly known: readonly string[];
  readonly tooLong: readonly string[];
}

export function sortNames(names: readonly string[], labels: readonly EditedLabel[]): SortedNames {
  const taken = new Set(labels.map((label) => label.name));
  // Characters as the server counts them: code points.
  const fits = (name: string): boolean => [...name].length <= NAME_LIMIT;
  return {
    fresh: names.filter((name) => !taken.has(name) && fits(name)),
    known: names.filter((name) => taken.has(name)),
    tooLong: names.filter((name) => !fits(name)),
  };
}

/** The raw view's text: the JSON that API v1 takes, and that other tools of this family show. */
export function labelsToText(labels: readonly EditedLabel[]): string {
  return JSON.stringify(labels.map(labelToWire), null, 2);
}

export type Parsed =
  | { name: "good"; labels: readonly EditedLabel[] }
  | { name: "bad"; problems: readonly Problem[] };

/** Labels out of the raw view's text. Ids must be those of `stored`; a label without colour is given one. */
export function parseLabels(text: string, stored: readonly EditedLabel[]): Parsed {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name: "bad", problems: [{ name: "json", params: { reason } }] };
  }
  if (!Array.isArray(body)) return { name: "bad", problems: [{ name: "list", params: {} }] };
  const problems: Problem[] = [];
  const labels: EditedLabel[] = [];
  for (const [index, element] of body.entries()) {
    const label = readLabel(element, index, labels, stored, problems);
    if (label !== undefined) labels.push(label);
  }
  for (const name of repeated(labels.map((label) => label.name)))
    problems.push({ name: "twice", params: { name } });
  return problems.length > 0 ? { name: "bad", problems } : { name: "good", labels };
}

function readLabel(
  element: unknown,
  index: number,
  before: readonly EditedLabel[],
  stored: readonly EditedLabel[],
  problems: Problem[],
): EditedLabel | undefined {
  const at = { at: String(index + 1) };
  if (!isRecord(element)) {
    problems.push({ name: "object", params: at });
    return undefined;
  }
  const { id, color } = element;
  const name = typeof element.name === "string" ? element.name.trim() : "";
  if (name === "") problems.push({ name: "name", params: at });
  if ([...name].length > NAME_LIMIT) problems.push({ name: "name-long", params: { name } });
  const known = stored.find((label) => label.id === id);
  if (id !== undefined && known === undefined)
    problems.push({ name: "unknown-id", params: { name, id: String(id) } });
  const isColor = typeof color === "string" && /^#[0-9a-f]{6}$/i.test(color);
  if (!isColor && color !== undefined && color !== "" && color !== null)
    problems.push({ name: "color", params: { name: name || `#${index + 1}`, color: String(color) } });
  const given = element.attributes ?? [];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const attributes = list.map((each) => readAttribute(each, name, known, problems));
  for (const twice of repeated(attributes.map((each) => each.name)))
    problems.push({ name: "attribute-twice", params: { name, attribute: twice } });
  return {
    id: known?.id,
    name,
    color: isColor ? color.toLowerCase() : nextColor([...before, ...stored].map((label) => label.color)),
    attributes,
  };
}

function readAttribute(
  element: unknown,
  label: string,
  known: EditedLabel | undefined,
  problems: Problem[],
): EditedAttribute {
  const given = isRecord(element) ? element : {};
  const name = typeof given.name === "string" ? given.name.trim() : "";
  const inputType = INPUT_TYPES.find((type) => type === given.input_type);
  const values = (Array.isArray(given.values) ? given.values : []).map(String);
  const isStored = known?.attributes.some((each) => each.id === given.id) ?? false;
  const attribute: EditedAttribute = {
    id: isStored ? (given.id as number) : undefined,
    name,
    inputType: inputType ?? "text",
    values,
    defaultValue: String(given.default_value ?? values[0] ?? ""),
    mutable: given.mutable === true,
  };
  const params = { name: label, attribute: name };
  if (inputType === undefined) problems.push({ name: "attribute-type", params });
  if (typeof given.mutable !== "boolean") problems.push({ name: "attribute-mutable", params });
  if (given.values !== undefined && !Array.isArray(given.values))
    problems.push({ name: "attribute-values", params });
  else if (inputType !== undefined) problems.push(...attributeProblems(attribute, label));
  return attribute;
}

/** What is wrong with one attribute of the label called `label`. */
export function attributeProblems(attribute: EditedAttribute, label: string): readonly Problem[] {
  const { name, inputType, values, defaultValue } = attribute;
  const params = { name: label, attribute: name };
  const found: Problem[] = [];
  if (name === "" || [...name].length > NAME_LIMIT) return [{ name: "attribute-name", params }];
  if (values.join("\n").length > VALUES_LIMIT) found.push({ name: "attribute-values", params });
  const isChoice = inputType === "select" || inputType === "radio";
  if (isChoice && !values.some((value) => value.trim() !== ""))
    found.push({ name: "attribute-choices", params });
  else if (inputType === "number" && !isGoodRange(values)) found.push({ name: "attribute-number", params });
  else if (!isGoodDefault(attribute))
    found.push({ name: "attribute-default", params: { ...params, value: defaultValue } });
  return found;
}

function isGoodDefault({ inputType, values, defaultValue }: EditedAttribute): boolean {
  if (defaultValue.length > DEFAULT_LIMIT) return false;
  if (inputType === "select" || inputType === "radio") return values.includes(defaultValue);
  if (inputType === "checkbox") return /^(true|false)$/i.test(defaultValue);
  if (inputType !== "number") return true;
  const [least, most] = values.map(Number);
  const value = Number(defaultValue);
  return defaultValue.trim() !== "" && value >= (least ?? 0) && value <= (most ?? 0);
}

/** Least below most, and a step that fits between them. */
function isGoodRange(values: readonly string[]): boolean {
  if (values.length !== 3 || values.some((value) => value.trim() === "")) return false;
  const [least = Number.NaN, most = Number.NaN, step = Number.NaN] = values.map(Number);
  return most > least && step > 0 && step <= most - least;
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => name !== "" && names.indexOf(name) !== index))];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
