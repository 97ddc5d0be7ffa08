/** The parts of the page that F6 goes through, as in desktop programs: Tab is taken on the picture, by its objects. */

import type { Workbench } from "./workbench";

const PICTURE = ".stage";
/** In the order F6 takes. */
const AREAS = [PICTURE, ".text-bar", ".top-bar", ".toolbar", ".related", ".side", ".timeline"] as const;
const FOCUSABLE = "a[href], button:enabled, input:enabled, select:enabled, [tabindex='0']";

/** Where the focus was when each was left. */
const left = new WeakMap<Element, HTMLElement>();

/** Move the focus to the next part of the page, or the one before; without any, one is on the picture. */
export function goToArea(bench: Workbench, direction: 1 | -1): void {
  const areas = AREAS.map((selector) => document.querySelector<HTMLElement>(`.workbench ${selector}`)).filter(
    (area) => area !== null,
  );
  const focused = document.activeElement;
  const from = Math.max(
    0,
    areas.findIndex((area) => area?.contains(focused)),
  );
  const area = areas[(from + direction + areas.length) % areas.length];
  if (areas[from] != null && focused instanceof HTMLElement) left.set(areas[from], focused);
  if (area == null) return;
  targetIn(area).focus();
  if (area.matches(PICTURE)) bench.say("workbench.on-picture");
}

function targetIn(area: HTMLElement): HTMLElement {
  if (area.matches(PICTURE)) return area;
  const before = left.get(area);
  if (before?.isConnected && before.matches(FOCUSABLE)) return before;
  return area.querySelector<HTMLElement>(FOCUSABLE) ?? area;
}
