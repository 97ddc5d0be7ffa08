import type { JSX } from "preact";
import { t } from "../../i18n";
import { bytes, number, percent, span } from "../format";
import { Button } from "../kit/button";
import { Progress } from "../kit/progress";
import type { Stage } from "./creation";

export interface ProgressPanelProps {
  readonly stage: Stage;
  readonly fileCount: number;
  readonly onCancel: () => void;
}

/** How far the task is: files on their way, then the server at work on them. */
export function ProgressPanel({ stage, fileCount, onCancel }: ProgressPanelProps): JSX.Element {
  const isSending = stage.name === "sending";
  const part = isSending ? stage.sentBytes / Math.max(1, stage.totalBytes) : stage.progress;
  const title = isSending ? t("create.sending") : t("create.preparing");
  return (
    <section class="making" aria-label={title}>
      <div class="making-head">
        <b role="status">{title}</b>
        <span>{part === undefined ? "" : percent(part)}</span>
      </div>
      <Progress value={part} label={title} />
      <div class="making-foot">
        <span class="quiet">{isSending ? sendingText(stage, fileCount) : stage.message}</span>
        <Button onClick={onCancel}>{t("cancel")}</Button>
      </div>
    </section>
  );
}

function sendingText(stage: Stage & { name: "sending" }, fileCount: number): string {
  const { sentBytes, totalBytes, sentFiles, bytesPerSecond } = stage;
  const parts = [
    t("create.sent.files", { sent: number(sentFiles), all: number(fileCount) }),
    t("create.sent.bytes", { sent: bytes(sentBytes), all: bytes(totalBytes) }),
  ];
  if (bytesPerSecond !== undefined && bytesPerSecond > 0) {
    const filesPerSecond = (fileCount * bytesPerSecond) / totalBytes;
    parts.push(
      t("create.rate", {
        bytes: bytes(bytesPerSecond),
        files: number(filesPerSecond, filesPerSecond < 10 ? 1 : 0),
      }),
    );
    if (sentBytes < totalBytes)
      parts.push(t("create.left", { time: span((totalBytes - sentBytes) / bytesPerSecond) }));
  }
  return parts.join(" · ");
}
