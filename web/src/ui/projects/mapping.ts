/** A task goes into a project: which label of the project stands for each of its own. */

import type { WireLabel } from "../../core/model";

/** What becomes of a label: another one's name, a new label of the project's, or nothing chosen yet. */
export type Target =
  | { readonly name: "label"; readonly label: string }
  | { readonly name: "new" }
  | undefined;

/** By the ids of the task's labels. */
export type Mapping = ReadonlyMap<number, Target>;

/** The mapping to begin with: labels of one name go together, in whatever case and with whatever blanks. */
export function suggestMapping(own: readonly WireLabel[], theirs: readonly WireLabel[]): Mapping {
  const exact = new Map(theirs.map((label) => [label.name, label.name]));
  const loose = new Map(theirs.map((label) => [loosely(label.name), label.name]));
  return new Map(
    own.map((label) => {
      const found = exact.get(label.name) ?? loose.get(loosely(label.name));
      return [label.id, found === undefined ? undefined : { name: "label", label: found }];
    }),
  );
}

function loosely(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}

/** The labels of the task for which nothing is chosen. */
export function unmapped(own: readonly WireLabel[], mapping: Mapping): readonly WireLabel[] {
  return own.filter((label) => mapping.get(label.id) === undefined);
}

/** The labels that the project is to be given before the task comes into it. */
export function newOnes(own: readonly WireLabel[], mapping: Mapping): readonly WireLabel[] {
  return own.filter((label) => mapping.get(label.id)?.name === "new");
}

/** The mapping once the project has been given the new labels. */
export function settled(own: readonly WireLabel[], mapping: Mapping): Mapping {
  const added = newOnes(own, mapping).map(
    (label) => [label.id, { name: "label", label: label.name }] as const,
  );
  return new Map([...mapping, ...added]);
}

/** The `labels` of the PATCH that moves the task. */
export function mappingToWire(
  own: readonly WireLabel[],
  mapping: Mapping,
): readonly { readonly id: number; readonly name: string }[] {
  return own.map((label) => {
    const target = mapping.get(label.id);
    return { id: label.id, name: target?.name === "label" ? target.label : label.name };
  });
}

/** Whether attributes are set anew by the move: the API keeps none of their values. */
export function losesAttributes(own: readonly WireLabel[]): boolean {
  return own.some((label) => label.attributes.length > 0);
}
