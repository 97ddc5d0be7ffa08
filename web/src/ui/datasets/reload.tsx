/** The images of a task are read anew from its dataset, which has changed: asked for, and followed to the end. */

import { signal } from "@preact/signals";
import { t } from "../../i18n";
import { callSignedIn } from "../../session";
import { followMedia } from "../create/creation";
import { percent } from "../format";
import { confirm } from "../kit/confirm";
import { renewToast, toast } from "../kit/toast";
import { problemOf } from "../problem";
import { noteOperationStarted } from "../tasks/operations";
import type { Named } from "../tasks/transfer";
import { readMediaStatus } from "../tasks/wire";

/** Tasks whose images this page has read anew. */
export const reloading = signal<ReadonlySet<number>>(new Set());

/** Ask, and have the images read. Never throws: how it ended is told in a toast. Answers whether they were. */
export async function reloadTask(task: Named): Promise<boolean> {
  const agreed = await confirm({
    title: t("reload.title", { name: task.name }),
    body: (
      <>
        <p>{t("reload.text")}</p>
        <p>{t("reload.lost")}</p>
      </>
    ),
    action: t("reload.action"),
    tone: "danger",
  });
  if (!agreed || reloading.peek().has(task.id)) return false;
  reloading.value = new Set([...reloading.peek(), task.id]);
  const key = `reload-${task.id}`;
  toast(t("reload.running", { name: task.name }), { key, progress: "unknown" });
  try {
    await callSignedIn("POST", `/tasks/${task.id}/data`, { query: { reload: "true" } });
    noteOperationStarted();
    const remark = await followMedia(
      task.id,
      (stage) => {
        const progress = stage.name === "preparing" ? stage.progress : undefined;
        const text = t("reload.running", { name: task.name });
        renewToast(key, progress === undefined ? text : `${text} ${percent(progress)}`, {
          progress: progress ?? "unknown",
        });
      },
      new AbortController().signal,
    );
    // A task whose images could not be read anew has those it had: it is finished, too.
    const { dataset } = await readMediaStatus(task.id);
    if (dataset?.changed && remark !== "") {
      toast(remark, { key, tone: "danger" });
      return false;
    }
    const done = t("reload.done", { name: task.name });
    toast(remark === "" ? done : `${done} ${remark}`, { key, tone: "good", stay: remark !== "" });
    return true;
  } catch (error) {
    toast(t("reload.failed", { name: task.name, reason: problemOf(error) }), { key, tone: "danger" });
    return false;
  } finally {
    reloading.value = new Set([...reloading.peek()].filter((id) => id !== task.id));
  }
}
