import { useSignal } from "@preact/signals";
import { Pause, Play } from "lucide";
import type { JSX } from "preact";
import { type Key, t } from "../../i18n";
import { bytes, number, percent, span } from "../format";
import { Button } from "../kit/button";
import { Progress } from "../kit/progress";
import type { Stage } from "./sending";
import type { Gate } from "./uploads";

/** What is said of the stages, where it is not a task of images that is made. */
export interface StageTexts {
  readonly sending: Key;
  readonly preparing: Key;
  /** How many of all files, `{sent}` of `{all}`. */
  readonly files: Key;
  readonly rate: Key;
}

const OF_TASK: StageTexts = {
  sending: "create.sending",
  preparing: "create.preparing",
  files: "create.sent.files",
  rate: "create.rate",
};

const HELD = { lost: "create.lost", paused: "create.paused" } as const;

export interface ProgressPanelProps {
  readonly stage: Stage;
  readonly fileCount: number;
  readonly onCancel: () => void;
  readonly texts?: StageTexts;
  /** What can hold the sending up. */
  readonly gate?: Gate;
}

/** How far the task is: files on their way, then the server at work on them. */
export function ProgressPanel(props: ProgressPanelProps): JSX.Element {
  const { stage, fileCount, onCancel, texts = OF_TASK, gate } = props;
  // The stage is told when something moves; a gate that is shut moves nothing.
  const isShut = useSignal(gate?.isShut === true);
  const isSending = stage.name === "sending";
  const part = isSending ? stage.sentBytes / Math.max(1, stage.totalBytes) : stage.progress;
  const held = isShut.value ? "paused" : isSending ? stage.held : undefined;
  const title = t(held !== undefined ? HELD[held] : isSending ? texts.sending : texts.preparing);
  return (
    <section class={`making ${held === "lost" ? "lost" : ""}`} aria-label={title}>
      <div class="making-head">
        <b role="status">{title}</b>
        <span>{part === undefined ? "" : percent(part)}</span>
      </div>
      <Progress value={part} label={title} />
      <div class="making-foot">
        <span class="quiet">
          {isSending ? sendingText(stage, fileCount, held === undefined, texts) : stage.message}
        </span>
        <span class="making-buttons">
          {isSending && gate !== undefined && (
            <Button
              icon={isShut.value ? Play : Pause}
              onClick={() => {
                isShut.value = !isShut.value;
                if (isShut.value) gate.shut();
                else gate.open();
              }}
            >
              {t(isShut.value ? "create.resume" : "create.pause")}
            </Button>
          )}
          <Button onClick={onCancel}>{t("cancel")}</Button>
        </span>
      </div>
    </section>
  );
}

function sendingText(
  stage: Stage & { name: "sending" },
  fileCount: number,
  isMoving: boolean,
  texts: StageTexts,
): string {
  const { sentBytes, totalBytes, sentFiles, bytesPerSecond } = stage;
  const parts = [
    ...(fileCount > 1 ? [t(texts.files, { sent: number(sentFiles), all: number(fileCount) })] : []),
    t("create.sent.bytes", { sent: bytes(sentBytes), all: bytes(totalBytes) }),
  ];
  if (isMoving && bytesPerSecond !== undefined && bytesPerSecond > 0) {
    const filesPerSecond = (fileCount * bytesPerSecond) / totalBytes;
    parts.push(
      t(texts.rate, {
        bytes: bytes(bytesPerSecond),
        files: number(filesPerSecond, filesPerSecond < 10 ? 1 : 0),
      }),
    );
    if (sentBytes < totalBytes)
      parts.push(t("create.left", { time: span((totalBytes - sentBytes) / bytesPerSecond) }));
  }
  return parts.join(" · ");
}
