/** How far work on files is: on their way, then in the hands of the server. */

import { filesSent, Meter } from "../../upload";
import type { Named } from "./files";

export type Stage =
  | {
      name: "sending";
      sentBytes: number;
      totalBytes: number;
      sentFiles: number;
      bytesPerSecond: number | undefined;
      /** What holds it up: nobody answers, or a person wants it so. */
      held?: "lost" | "paused";
    }
  | { name: "preparing"; message: string; progress: number | undefined };

/** Have `send` send `files`, and tell how far it is. */
export async function sendWatched<Result>(
  files: readonly Named[],
  onStage: (stage: Stage) => void,
  send: (onSent: (bytesOfBody: number) => void) => Promise<Result>,
): Promise<Result> {
  const meter = new Meter();
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  let end = 0;
  const ends = files.map(({ file }) => {
    end += file.size;
    return end;
  });
  const tell = (bytesOfBody: number): void => {
    if (files.length === 0) return;
    // The body is a little longer than its files: their names and borders stand between them.
    const sentBytes = Math.min(bytesOfBody, totalBytes);
    meter.note(performance.now(), sentBytes);
    const { bytesPerSecond } = meter;
    onStage({
      name: "sending",
      sentBytes,
      totalBytes,
      sentFiles: filesSent(ends, sentBytes),
      bytesPerSecond,
    });
  };
  tell(0);
  return send(tell);
}
