import { EllipsisVertical, FlagTriangleRight, RotateCcw, Send, SquareCheckBig } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Button, IconButton } from "../kit/button";
import type { IconNode } from "../kit/icon";
import { tip } from "../kit/tooltip";
import { shownKey } from "./key-names";
import { mayStep, type NextStep, nextStep, takeStep } from "./next-step";
import type { Workbench } from "./workbench";

const ICONS: Readonly<Record<NextStep, IconNode>> = {
  submit: SquareCheckBig,
  request: Send,
  renew: RotateCcw,
  finish: FlagTriangleRight,
};

/** What becomes of the job: the next step for it, and a menu of all. */
export function JobActions({ bench }: { bench: Workbench }): JSX.Element {
  const step = nextStep(bench);
  const review = bench.review.value;
  const isDue = step === "submit" || bench.contents.emptyFrames.value === 0;
  return (
    <>
      <Button
        tone={isDue && step !== "renew" ? "primary" : "plain"}
        icon={ICONS[step]}
        class="finish"
        disabled={!mayStep(bench)}
        busy={bench.finishing.value}
        {...tip(t(step === "finish" ? "command.finish" : `command.review.${step}`), shownKey("Ctrl+Enter"))}
        onClick={() => takeStep(bench)}
      >
        {t(step === "finish" ? "workbench.finish" : `review.step.${step}`)}
      </Button>
      <IconButton
        icon={EllipsisVertical}
        label={t("review.job-menu")}
        aria-haspopup="menu"
        disabled={review === undefined}
        onClick={(event) => review?.parts.showJobMenu(review, event.currentTarget)}
      />
    </>
  );
}
