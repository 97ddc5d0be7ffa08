import {
  ArrowLeft,
  ChevronFirst,
  ChevronLast,
  ChevronLeft,
  ChevronRight,
  ChevronsLeft,
  ChevronsRight,
  CircleHelp,
  Grid2x2Plus,
} from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Icon } from "../kit/icon";
import { isEnter } from "../kit/keys";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { SaveChip } from "../save-chip";
import { JobActions } from "./job-actions";
import { CommandButton } from "./toolbar";
import type { Workbench } from "./workbench";

/** Where one is, the player, whether all is saved, and the way on. */
export function TopBar({ bench }: { bench: Workbench }): JSX.Element {
  const { job } = bench;
  const status = bench.status.value;
  return (
    <header class="top-bar">
      <Link
        to={`/tasks/${job.taskId}`}
        class="icon-button"
        aria-label={t("workbench.to-task")}
        {...tip(t("workbench.to-task"))}
      >
        <Icon icon={ArrowLeft} />
      </Link>
      <div class="where">
        <strong title={job.taskName}>{job.taskName}</strong>
        <span>
          {t("workbench.job", { id: job.id })}
          {status !== "annotation" && (
            <span class={`status ${status}`}> · {t(`workbench.status.${status}`)}</span>
          )}
        </span>
      </div>
      <Player bench={bench} />
      <Progress bench={bench} />
      <span class="push" />
      <SaveChip
        sync={bench.sync}
        labels={bench.labels.value}
        onShow={(cid, frame) => bench.show(cid, frame)}
      />
      <CommandButton bench={bench} id="help" icon={CircleHelp} />
      <JobActions bench={bench} />
    </header>
  );
}

function Player({ bench }: { bench: Workbench }): JSX.Element {
  const { wanted, first, last } = bench.navigation;
  const name = bench.job.frames[wanted.value]?.name ?? "";
  const isFirst = wanted.value === first;
  const isLast = wanted.value === last;
  return (
    <fieldset class="player" aria-label={t("workbench.player")}>
      <CommandButton bench={bench} id="frame.first" icon={ChevronFirst} disabled={isFirst} />
      <CommandButton bench={bench} id="frame.back" icon={ChevronsLeft} disabled={isFirst} />
      <CommandButton bench={bench} id="frame.previous" icon={ChevronLeft} disabled={isFirst} />
      <span class="frame-field" title={t("workbench.frame.counted", { first, last })}>
        <label for="frame-number">{t("workbench.frame")}</label>
        <FrameNumber bench={bench} />
        <span>{t("workbench.frame.range", { first, last })}</span>
      </span>
      <CommandButton bench={bench} id="frame.next" icon={ChevronRight} disabled={isLast} />
      <CommandButton bench={bench} id="frame.forward" icon={ChevronsRight} disabled={isLast} />
      <CommandButton bench={bench} id="frame.last" icon={ChevronLast} disabled={isLast} />
      <input
        type="range"
        class="frame-slider"
        aria-label={t("workbench.frame.slider")}
        min={first}
        max={last}
        value={wanted.value}
        onInput={(event) => bench.go(event.currentTarget.valueAsNumber)}
      />
      <span class="frame-name" title={name}>
        {name}
      </span>
    </fieldset>
  );
}

/** The number of the frame, to read and to type. */
function FrameNumber({ bench }: { bench: Workbench }): JSX.Element {
  const { wanted } = bench.navigation;
  const take = (input: HTMLInputElement): void => {
    const frame = Number(input.value);
    if (input.value.trim() !== "" && Number.isInteger(frame)) bench.go(frame);
    else bench.say("workbench.frame.no-number");
    input.value = String(wanted.value);
    input.blur();
  };
  return (
    <input
      id="frame-number"
      class="frame-number"
      type="text"
      inputMode="numeric"
      aria-label={t("workbench.frame.number")}
      value={String(wanted.value)}
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={(event) => {
        if (isEnter(event)) take(event.currentTarget);
        else if (event.key === "Escape") {
          event.currentTarget.value = String(wanted.value);
          event.currentTarget.blur();
        }
      }}
    />
  );
}

/** "200 frames, 3 without objects", and the way to the next of those. */
function Progress({ bench }: { bench: Workbench }): JSX.Element {
  const { size } = bench.navigation;
  const empty = bench.contents.emptyFrames.value;
  return (
    <div class="job-progress">
      <span class="count">{t("workbench.frames", { size })}</span>
      <span class={empty === 0 ? "none-empty" : "some-empty"}>
        {t("workbench.empty-frames", { count: empty })}
      </span>
      <CommandButton bench={bench} id="frame.empty.next" icon={Grid2x2Plus} disabled={empty === 0} />
    </div>
  );
}
