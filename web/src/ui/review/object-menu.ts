/** What a reviewer can say of an object, beside the pointer. */

import { MessageSquarePlus, MessageSquareWarning } from "lucide";
import { boundsOf } from "../../core/geometry";
import type { Point } from "../../core/model";
import { t } from "../../i18n";
import { type MenuItem, showMenu } from "../kit/menu";
import { shownKey } from "../workbench/key-names";
import { shortened } from "./messages";
import type { Review } from "./review";

/** How long a browser may take to ask for its own menu after the button or the key went up, in ms. */
const OWN_MENU_MS = 400;

/** Show it for the selected objects, at `at` in image pixels, or beside the first of them. */
export function showObjectMenu(review: Review, at?: Point): void {
  const { bench } = review;
  const [first] = bench.selectedShapes.value;
  if (first === undefined) {
    bench.say("workbench.nothing-selected");
    return;
  }
  const { right, top } = boundsOf(first.points);
  const place = bench.stage?.toClient(at ?? { x: right, y: top });
  if (place === undefined) return;
  withholdOwnMenu();
  const [position, attribute, ...latest] = review.readyMessages;
  const command = (message: string): MenuItem => ({
    text: shortened(message),
    icon: MessageSquareWarning,
    run: () => review.quick(message),
  });
  const presets = [position, attribute].filter((each) => each !== undefined);
  const items: MenuItem[] = [
    {
      text: t("issue.open"),
      icon: MessageSquarePlus,
      hint: shownKey("I"),
      run: () => review.startIssue(),
    },
    { kind: "title", text: t("issue.quick") },
    ...presets.map(command),
  ];
  if (latest.length > 0) items.push({ kind: "title", text: t("issue.latest") }, ...latest.map(command));
  showMenu(items, place, { label: t("issue.menu") });
}

/** Windows asks for the browser's own menu after the button went up: over ours by then. */
function withholdOwnMenu(): void {
  const withhold = (event: Event) => event.preventDefault();
  document.addEventListener("contextmenu", withhold, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("contextmenu", withhold, { capture: true }), OWN_MENU_MS);
}
