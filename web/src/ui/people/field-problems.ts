import { ApiError } from "../../api";
import { problemOf } from "../problem";

export type Problems<Field extends string> = Partial<Record<Field | "all", string | undefined>>;

/** What the server said of each of `fields`, and under `all` what it said besides. */
export function problemsByField<Field extends string>(
  error: unknown,
  fields: readonly Field[],
): Problems<Field> {
  if (!(error instanceof ApiError)) return { all: problemOf(error) } as Problems<Field>;
  const { body } = error;
  if (typeof body !== "object" || body === null || Array.isArray(body)) return said({ all: error.message });
  const found: Partial<Record<string, string>> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === "code") continue;
    const text = Array.isArray(value) ? value.join(" ") : String(value);
    const isGeneral = name === "detail" || name === "non_field_errors";
    if (fields.some((each) => each === name)) found[name] = text;
    else found.all = [found.all, isGeneral ? text : `${name}: ${text}`].filter(Boolean).join(" ");
  }
  return said<Field>(Object.keys(found).length > 0 ? found : { all: error.message });
}

const said = <Field extends string>(problems: Partial<Record<string, string>>): Problems<Field> =>
  problems as Problems<Field>;
