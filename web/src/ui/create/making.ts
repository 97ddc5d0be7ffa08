/** A task on its way from files to frames: what is chosen for it, how far it is, and what became of it. */

import { type Signal, signal, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { t } from "../../i18n";
import { Meter } from "../../upload";
import { problemOf } from "../problem";
import type { RepositoryWish } from "../tasks/repositories";
import { cancelOperation, type WireTask } from "../tasks/wire";
import { type DataWish, fillTask, finishTask, type Made, readingOf } from "./creation";
import { type Chosen, fileNamedIn, type Group, groupsOf, type Named, nameFiles } from "./files";
import { useUploadGuard } from "./guard";
import type { Stage } from "./sending";
import type { ServerFile } from "./share";
import { Gate, uploadFiles } from "./uploads";

export type Run =
  | { readonly name: "idle" }
  | {
      readonly name: "running";
      readonly stage: Stage;
      readonly count: number;
      readonly stop: AbortController;
      readonly gate: Gate;
    }
  | { readonly name: "stopped" }
  | {
      readonly name: "failed";
      readonly reason: string;
      readonly culprit: Named | undefined;
      /** Whether files of this computer lie at the server. */
      readonly isSent: boolean;
    }
  | { readonly name: "done"; readonly made: Made };

/** What frames can be made of: files of this computer, of the server's share, at addresses. */
export interface Sources {
  readonly chosen: Signal<readonly Chosen[]>;
  readonly server: Signal<readonly ServerFile[]>;
  readonly copyData: Signal<boolean>;
  /** As they are typed, one a line. */
  readonly addresses: Signal<string>;
  /** The `id` of the group of the files chosen that is taken, where there are several. */
  readonly group: Signal<string>;
}

export function useSources(chosen: readonly Chosen[] = []): Sources {
  return useMemo(
    () => ({
      chosen: signal(chosen),
      server: signal<readonly ServerFile[]>([]),
      copyData: signal(false),
      addresses: signal(""),
      group: signal(""),
    }),
    // They begin with what is chosen first and go on with what people choose.
    [],
  );
}

/** The groups of the files that can be used, and the one that is taken; undefined without any. */
export function groupOf(sources: Sources): { groups: readonly Group[]; taken: Group | undefined } {
  const groups = groupsOf(sources.chosen.value.filter((each) => each.problem === undefined));
  return { groups, taken: groups.find((each) => each.id === sources.group.value) ?? groups[0] };
}

/** The addresses typed. */
export function addressesOf(sources: Sources): readonly string[] {
  return sources.addresses.value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** What is wrong with what is chosen; undefined if nothing. */
export function sourceProblem(sources: Sources): string | undefined {
  const files = groupOf(sources).taken;
  const addresses = addressesOf(sources);
  const wrong = addresses.find((address) => !/^https?:\/\/[^\s/]+\/\S*$/i.test(address));
  if (wrong !== undefined) return t("addresses.problem", { address: wrong });
  if (addresses.length > 0 && files !== undefined) return t("addresses.exclusive");
  if (files !== undefined && files.kind !== "image" && sources.server.value.length > 0)
    return t("files.share.exclusive");
  const count = addresses.length + sources.server.value.length + (files?.files.length ?? 0);
  return count === 0 ? t("create.no-files") : undefined;
}

/** The file that is at fault, where something is left without it. */
export function culpritOf(reason: string, files: readonly Named[]): Named | undefined {
  return files.length > 1 ? fileNamedIn(reason, files) : undefined;
}

export interface Wish {
  readonly data: Omit<DataWish, "serverFiles" | "copyData" | "addresses">;
  readonly repository: RepositoryWish;
  /** The task to fill, made if there is none yet. */
  readonly task: (signal: AbortSignal) => Promise<WireTask>;
}

/** Fills a task with what `sources` has, and tells how far it is. What was sent stays at the server, whatever fails. */
export function useMaking(sources: Sources) {
  const run = useSignal<Run>({ name: "idle" });
  useUploadGuard(() => {
    const now = run.peek();
    // What the server reads it reads on without us.
    return now.name === "running" && now.stage.name === "sending" ? now.stop : undefined;
  });
  const start = async (wish: Wish): Promise<void> => {
    const files = nameFiles(groupOf(sources).taken?.files ?? []);
    const stop = new AbortController();
    const gate = new Gate();
    const count = files.length;
    const onStage = (stage: Stage): void => {
      if (!stop.signal.aborted) run.value = { name: "running", stage, count, stop, gate };
    };
    const watching = { onStage, signal: stop.signal };
    onStage({ name: "preparing", message: "", progress: undefined });
    let taskId: number | undefined;
    try {
      const task = await wish.task(stop.signal);
      taskId = task.id;
      const ids = await uploadWatched(task.id, files, watching, gate);
      onStage({ name: "preparing", message: "", progress: undefined });
      const data = {
        ...wish.data,
        serverFiles: sources.server.value,
        copyData: sources.copyData.value,
        addresses: addressesOf(sources),
      };
      const remark = await fillTask(task.id, data, ids, watching);
      run.value = { name: "done", made: await finishTask(task.id, remark, wish.repository, watching) };
    } catch (error) {
      if (stop.signal.aborted) {
        if (taskId !== undefined) await stopReading(taskId);
        run.value = { name: "stopped" };
        return;
      }
      const reason = problemOf(error);
      run.value = { name: "failed", reason, culprit: culpritOf(reason, files), isSent: count > 0 };
    }
  };
  /** Pass a file over that the server refused. */
  const leaveOut = (file: Named["file"]): void => {
    sources.chosen.value = sources.chosen.value.map((each) =>
      each.file === file ? { ...each, problem: "refused" } : each,
    );
  };
  return { run, start, leaveOut };
}

export type Making = ReturnType<typeof useMaking>;

/** Have the server stop reading; what it does besides is its own business. */
async function stopReading(taskId: number): Promise<void> {
  try {
    const reading = await readingOf(taskId);
    if (reading !== undefined) await cancelOperation(reading.id);
  } catch {
    // It reads to the end then: the task's page shows what became of it.
  }
}

async function uploadWatched(
  taskId: number,
  files: readonly Named[],
  { onStage, signal }: { readonly onStage: (stage: Stage) => void; readonly signal: AbortSignal },
  gate: Gate,
): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const meter = new Meter();
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  return uploadFiles(taskId, files, {
    signal,
    gate,
    onSent: (bytes, sentFiles, isLost) => {
      const sentBytes = Math.min(bytes, totalBytes);
      meter.note(performance.now(), sentBytes);
      const held = gate.isShut ? "paused" : isLost ? "lost" : undefined;
      onStage({
        name: "sending",
        sentBytes,
        totalBytes,
        sentFiles,
        bytesPerSecond: held === undefined ? meter.bytesPerSecond : undefined,
        ...(held === undefined ? {} : { held }),
      });
    },
  });
}
