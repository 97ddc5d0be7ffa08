import { ApiError, Unreachable } from "../../api";
import { t } from "../../i18n";
import { toast } from "../kit/toast";
import { go } from "../routes";
import { nextOpenJob, setJobStatus } from "./job";
import type { Workbench } from "./workbench";

/** Save, mark the job completed, and open the next of its task that is not; a toast can reopen it. Once at a time. */
export function finishJob(bench: Workbench): void {
  if (bench.sync.readOnly.value) bench.say("workbench.read-only");
  if (bench.finishing.value || bench.sync.readOnly.value) return;
  bench.finishing.value = true;
  void finish(bench).finally(() => {
    bench.finishing.value = false;
  });
}

async function finish(bench: Workbench): Promise<void> {
  const { id, taskId } = bench.job;
  bench.typing.settle();
  await bench.sync.saveNow();
  if (bench.sync.waiting.value > 0) {
    bench.say("workbench.finish.unsaved");
    return;
  }
  try {
    await setJobStatus(id, "completed");
    bench.status.value = "completed";
    const next = await nextOpenJob(taskId, id);
    toast(t(next === undefined ? "workbench.finished.all" : "workbench.finished", { id }), {
      tone: "good",
      key: "finished",
      action: { text: t("workbench.reopen"), run: () => void reopen(taskId, id) },
    });
    await go(next === undefined ? `/tasks/${taskId}` : `/tasks/${taskId}/jobs/${next}`);
  } catch (error) {
    tellFailure(error);
  }
}

async function reopen(taskId: number, jobId: number): Promise<void> {
  try {
    await setJobStatus(jobId, "annotation");
    await go(`/tasks/${taskId}/jobs/${jobId}`);
  } catch (error) {
    tellFailure(error);
  }
}

function tellFailure(error: unknown): void {
  if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
  toast(t("workbench.finish.failed", { reason: error.message }), { tone: "danger" });
}
