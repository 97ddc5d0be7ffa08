import { ArrowLeft, CircleHelp, Eye, EyeOff, Grid2x2Plus } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { SaveChip } from "../save-chip";
import { JobActions } from "./job-actions";
import { Player } from "./player";
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

/** "200 frames, 3 without objects", and the way to the next of those. */
function Progress({ bench }: { bench: Workbench }): JSX.Element {
  const empty = bench.contents.emptyFrames.value;
  return (
    <div class="job-progress">
      <span class="count">
        {t("workbench.frames", { size: bench.navigation.size - bench.deleted.count.value })}
      </span>
      <span class={empty === 0 ? "none-empty" : "some-empty"}>
        {t("workbench.empty-frames", { count: empty })}
      </span>
      <CommandButton bench={bench} id="frame.empty.next" icon={Grid2x2Plus} disabled={empty === 0} />
      <Deleted bench={bench} />
    </div>
  );
}

/** How many frames are deleted, and whether one comes by them. */
function Deleted({ bench }: { bench: Workbench }): JSX.Element | null {
  const count = bench.deleted.count.value;
  if (count === 0) return null;
  const areShown = bench.deleted.areShown.value;
  return (
    <>
      <span class="some-empty deleted-count">{t("workbench.deleted-frames", { count })}</span>
      <IconButton
        icon={areShown ? Eye : EyeOff}
        label={t("workbench.deleted-frames.show", { count })}
        pressed={areShown}
        onClick={() => bench.deleted.toggleShown()}
      />
    </>
  );
}
