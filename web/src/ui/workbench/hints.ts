/** Hints given the first times only: how often, this browser remembers. */

import type { Label } from "../../core/model";
import { remember, remembered } from "../../remember";
import type { Workbench } from "./workbench";

/** So often each is given. */
const TIMES = ["1", "2", "3", "4", "5"] as const;

/** Whether the hint `name` is still to be given; counts that it is. */
export function isStillNew(name: string): boolean {
  const given = Number(remembered(`hint.${name}`, TIMES) ?? 0);
  if (given >= TIMES.length) return false;
  remember(`hint.${name}`, String(given + 1));
  return true;
}

/** Say that shapes got `label`. With a tool that draws in the hand, that is easily taken for the label of the next. */
export function tellLabelled(bench: Workbench, label: Label, count: number): void {
  const { armed: next, digits } = bench.labelChoice;
  const digit = digits.value.get(label.id);
  const isOther = bench.tools.id.value !== "select" && next !== undefined && next.id !== label.id;
  if (isOther && digit !== undefined && isStillNew("relabelled"))
    bench.say("workbench.label.changed.first", {
      label: label.name,
      next: next.name,
      keys: `Shift+${digit}`,
    });
  else bench.say("workbench.label.changed", { label: label.name, count });
}
