/** Annotations out and in as files, followed to their end while the person goes on. */

import { ApiError, addressOf, send } from "../../api";
import { t } from "../../i18n";
import { withSignIn } from "../../session";
import { sendBody } from "../../upload";
import { percent } from "../format";
import { renewToast, toast } from "../kit/toast";
import { problemOf } from "../problem";
import { noteOperationStarted } from "./operations";
import { cancelOperation, listOperations, type WireOperation } from "./wire";

export interface Format {
  readonly name: string;
  readonly ext: string;
  readonly enabled: boolean;
}

export interface Formats {
  readonly importers: readonly Format[];
  readonly exporters: readonly Format[];
}

export interface Named {
  readonly id: number;
  readonly name: string;
}

export interface ExportWish {
  readonly format: string;
  readonly withImages: boolean;
  /** Without ending; "" lets the server choose. */
  readonly fileName: string;
}

const FIRST_MS = 300;
const LONGEST_MS = 2000;

/** Export annotations, and download the file when it is made. Never throws: how it ended is told in a toast. */
export async function exportAnnotations(task: Named, wish: ExportWish): Promise<void> {
  const key = `export-${task.id}-${wish.format}-${wish.withImages}`;
  const path = `/tasks/${task.id}/${wish.withImages ? "dataset" : "annotations"}`;
  const name = wish.fileName.trim().replace(/\.zip$/i, "");
  const query = { format: wish.format, ...(name === "" ? {} : { filename: `${name}.zip` }) };
  const stop = new AbortController();
  const cancel = { text: t("cancel"), run: () => stop.abort() };
  toast(t("export.making", { name: task.name }), { key, progress: "unknown", action: cancel });
  try {
    await follow(
      () => withSignIn(() => send("GET", path, { query, signal: stop.signal })),
      stop.signal,
      async () => {
        const found = await operationOf(task.id, "export");
        if (found !== undefined && found.progress > 0)
          renewToast(key, t("export.making.part", { name: task.name, part: percent(found.progress) }), {
            progress: found.progress,
            action: cancel,
          });
      },
    );
    download(addressOf(path, { ...query, action: "download" }));
    toast(t("export.ready", { name: task.name }), { key, tone: "good" });
  } catch (error) {
    if (stop.signal.aborted) await cancelRunning(task.id, "export");
    else toast(t("export.failed", { name: task.name, reason: problemOf(error) }), { key, tone: "danger" });
  }
}

/**
 * Replace the task's (or job's) annotations by those of a file. Never throws: how it ended is told in a toast.
 * Answers whether they were replaced.
 */
export async function importAnnotations(
  target: Named & { readonly path: string; readonly taskId: number },
  format: string,
  file: File,
): Promise<boolean> {
  const key = `import-${target.path}`;
  const path = `${target.path}/annotations`;
  const query = { format };
  const stop = new AbortController();
  const action = { text: t("cancel"), run: () => stop.abort() };
  const tell = (text: string, progress: number | "unknown"): void =>
    renewToast(key, text, { progress, action });
  toast(t("import.sending", { name: target.name }), { key, progress: "unknown", action });
  try {
    await collectEarlier(path, format);
    const form = new FormData();
    form.append("annotation_file", file, file.name);
    await withSignIn(() =>
      sendBody("PUT", path, form, {
        query,
        signal: stop.signal,
        onSent: (sent, total) => tell(t("import.sending", { name: target.name }), sent / total),
      }),
    );
    tell(t("import.reading", { name: target.name }), "unknown");
    const done = await follow(
      () => withSignIn(() => sendBody("PUT", path, new FormData(), { query, signal: stop.signal })),
      stop.signal,
      async () => {
        const found = await operationOf(target.taskId, "import");
        if (found !== undefined)
          tell(found.message || t("import.reading", { name: target.name }), found.progress || "unknown");
      },
    );
    toast(t("import.done", { name: target.name }), { key, tone: "good" });
    const { message } = (done.body ?? {}) as { message?: string };
    if (message !== undefined) toast(message, { key: `${key}-told`, stay: true });
    return true;
  } catch (error) {
    if (stop.signal.aborted) await cancelRunning(target.taskId, "import");
    else toast(t("import.failed", { name: target.name, reason: problemOf(error) }), { key, tone: "danger" });
    return false;
  }
}

/**
 * Collect the end of an earlier import that nobody asked for: the server would give it as the answer to ours and
 * pass our file over.
 */
async function collectEarlier(path: string, format: string): Promise<void> {
  try {
    const answer = await withSignIn(() => sendBody("PUT", path, new FormData(), { query: { format } }));
    if (answer.status === 202) throw new Error(t("import.running"));
  } catch (error) {
    // 400 and 500 tell how the earlier one failed, or that there is none.
    if (!(error instanceof ApiError) || (error.status !== 400 && error.status !== 500)) throw error;
  }
}

/** Ask until the status is not 202 any more, slower and slower; answers the last answer. */
export async function follow<Answered extends { readonly status: number }>(
  ask: () => Promise<Answered>,
  signal: AbortSignal,
  meanwhile: () => Promise<void>,
): Promise<Answered> {
  let pauseMs = FIRST_MS;
  for (;;) {
    const answer = await ask();
    if (answer.status !== 202) return answer;
    noteOperationStarted();
    await meanwhile();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    signal.throwIfAborted();
    pauseMs = Math.min(LONGEST_MS, 1.5 * pauseMs);
  }
}

/** The work of a kind that goes on for a task. */
export async function operationOf(
  taskId: number,
  kind: WireOperation["kind"],
): Promise<WireOperation | undefined> {
  const running = await listOperations().catch(() => []);
  return running.find((each) => each.task_id === taskId && each.kind === kind);
}

export async function cancelRunning(taskId: number, kind: WireOperation["kind"]): Promise<void> {
  const found = await operationOf(taskId, kind);
  if (found !== undefined) await cancelOperation(found.id).catch(() => undefined);
}

/** Have the browser save what is at `address`; the session's cookie signs it. */
function download(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}
