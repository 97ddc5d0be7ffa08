/** Files on their way into a dataset: chosen, sent, taken by the server, or not. */

import { useSignal } from "@preact/signals";
import { t } from "../../i18n";
import { type Chosen, fileNamedIn, type Named } from "../create/files";
import { useUploadGuard } from "../create/guard";
import { type Stage, sendWatched } from "../create/sending";
import { problemOf } from "../problem";
import { namedOf } from "./files";

export type Filling =
  | { readonly name: "idle" }
  | {
      readonly name: "running";
      readonly stage: Stage;
      readonly count: number;
      readonly stop: AbortController;
    }
  | { readonly name: "failed"; readonly reason: string; readonly culprit: Named | undefined };

export interface SendOptions {
  readonly onSent: (bytesOfBody: number, totalBytes: number) => void;
  readonly signal: AbortSignal;
}

/** What is chosen for a dataset, and how far it is. */
export function useFilling() {
  const chosen = useSignal<readonly Chosen[]>([]);
  const state = useSignal<Filling>({ name: "idle" });
  useUploadGuard(() => {
    const now = state.peek();
    return now.name === "running" ? now.stop : undefined;
  }, "dataset.leave.text");
  /** Have `send` send `files`; answers what it answered, undefined when that failed or was stopped. */
  const run = async <Result>(
    files: readonly Named[],
    send: (options: SendOptions) => Promise<Result>,
  ): Promise<Result | undefined> => {
    const stop = new AbortController();
    const tell = (stage: Stage): void => {
      state.value = { name: "running", stage, count: files.length, stop };
    };
    const atWork: Stage = { name: "preparing", message: t("dataset.preparing.text"), progress: undefined };
    tell(atWork);
    try {
      const result = await sendWatched(files, tell, (onSent) =>
        send({
          signal: stop.signal,
          onSent: (sent, total) => {
            onSent(sent);
            if (sent === total) tell(atWork);
          },
        }),
      );
      state.value = { name: "idle" };
      return result;
    } catch (error) {
      const reason = problemOf(error);
      state.value = stop.signal.aborted
        ? { name: "idle" }
        : { name: "failed", reason, culprit: fileNamedIn(reason, files) };
      return undefined;
    }
  };
  /** Pass a file over that the server refused. */
  const leaveOut = (file: Named["file"]): void => {
    chosen.value = chosen.value.map((each) => (each.file === file ? { ...each, problem: "refused" } : each));
  };
  return { chosen, state, run, leaveOut, named: () => namedOf(chosen.peek()) };
}
