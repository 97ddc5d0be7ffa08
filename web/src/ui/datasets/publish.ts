/** Annotations of a task go to its dataset: asked for, and followed to the end while the person goes on. */

import { signal } from "@preact/signals";
import { send } from "../../api";
import { t } from "../../i18n";
import { withSignIn } from "../../session";
import { percent } from "../format";
import { renewToast, toast } from "../kit/toast";
import { problemOf } from "../problem";
import { cancelRunning, follow, type Named, operationOf } from "../tasks/transfer";
import type { WireTask } from "../tasks/wire";

/** Tasks that are being published by this page. */
export const publishing = signal<ReadonlySet<number>>(new Set());

/** Whether the annotations at the dataset are those of the task as it is now. */
export function isPublished({
  published_date,
  updated_date,
}: Pick<WireTask, "published_date" | "updated_date">): boolean {
  return published_date !== null && Date.parse(published_date) >= Date.parse(updated_date);
}

/** Publish the task. Never throws: how it ended is told in a toast. Answers whether it is published. */
export async function publishTask(task: Named): Promise<boolean> {
  if (publishing.peek().has(task.id)) return false;
  const key = `publish-${task.id}`;
  const stop = new AbortController();
  const action = { text: t("cancel"), run: () => stop.abort() };
  publishing.value = new Set([...publishing.peek(), task.id]);
  toast(t("publish.running", { name: task.name }), { key, progress: "unknown", action });
  try {
    await follow(
      () => withSignIn(() => send("GET", `/tasks/${task.id}/publish`, { signal: stop.signal })),
      stop.signal,
      async () => {
        const found = await operationOf(task.id, "publish");
        if (found === undefined || found.progress === 0) return;
        const text = t("publish.running.part", { name: task.name, part: percent(found.progress) });
        renewToast(key, text, { progress: found.progress, action });
      },
    );
    toast(t("publish.done", { name: task.name }), { key, tone: "good" });
    return true;
  } catch (error) {
    if (stop.signal.aborted) await cancelRunning(task.id, "publish");
    else toast(t("publish.failed", { name: task.name, reason: problemOf(error) }), { key, tone: "danger" });
    return false;
  } finally {
    publishing.value = new Set([...publishing.peek()].filter((id) => id !== task.id));
  }
}
