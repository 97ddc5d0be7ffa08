/** What can be done with the open job as a whole. */

import { Eye, FlagTriangleRight, MessagesSquare, RotateCcw, Send, SquareCheckBig } from "lucide";
import { t } from "../../i18n";
import { type MenuItem, showMenu } from "../kit/menu";
import { finishJob } from "../workbench/finish";
import { shownKey } from "../workbench/key-names";
import type { Review } from "./review";

export function showJobMenu(review: Review, at: HTMLElement): void {
  showMenu(itemsOf(review), at, { align: "end" });
}

/** What a reviewer raised would never be sent once the job has gone on without it. */
function moves({ drafts, mayReview }: Review): { readonly disabled?: string } {
  return drafts.value.length > 0 && mayReview.value ? { disabled: t("review.send-first") } : {};
}

function itemsOf(review: Review): readonly MenuItem[] {
  const { bench } = review;
  const status = bench.status.value;
  const mayNot = review.mayChange.value ? moves(review) : { disabled: t("review.may-not-move") };
  const mayNotReview = review.mayReview.value ? {} : { disabled: t("review.may-not") };
  const isCompleted = status === "completed";
  return [
    {
      text: t("review.request"),
      icon: Send,
      run: () => review.ask("request"),
      ...(isCompleted ? { disabled: t("review.renew-first") } : mayNot),
    },
    { text: t("review.submit"), icon: SquareCheckBig, run: () => review.ask("submit"), ...mayNotReview },
    {
      text: t("review.finish"),
      icon: FlagTriangleRight,
      run: () => finishJob(bench),
      ...(isCompleted ? { disabled: t("review.finished-already") } : mayNot),
    },
    {
      text: t("review.renew"),
      icon: RotateCcw,
      run: () => review.renew(),
      ...(status === "annotation" ? { disabled: t("review.open-already") } : mayNot),
    },
    { kind: "line" },
    {
      text: t(review.isOn.value ? "review.mode.off" : "review.mode.on"),
      icon: Eye,
      hint: shownKey("Shift+R"),
      run: () => review.setMode(!review.isOn.value),
      ...mayNotReview,
    },
    {
      text: t("review.issues"),
      icon: MessagesSquare,
      hint: shownKey("T"),
      run: () => review.toggleTab(),
    },
  ];
}
