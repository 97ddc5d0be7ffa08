import type { JSX } from "preact";
import { type Key, t } from "../../i18n";
import { Failed } from "../create/failed";
import { ProgressPanel } from "../create/progress-panel";
import { Button } from "../kit/button";
import { DATASET_STAGES } from "./files";
import type { useFilling } from "./filling";

export interface FillingEndProps {
  readonly filling: ReturnType<typeof useFilling>;
  /** What is said when it failed. */
  readonly failed: Key;
  /** What the button that sends says. */
  readonly action: Key;
  readonly onCancel: () => void;
  /** Send what is left. */
  readonly onAgain: () => void;
}

/** The end of a form that fills a dataset: what went wrong the last time, and the buttons; or how far it is. */
export function FillingEnd({ filling, failed, action, onCancel, onAgain }: FillingEndProps): JSX.Element {
  const now = filling.state.value;
  if (now.name === "running")
    return (
      <ProgressPanel
        stage={now.stage}
        fileCount={now.count}
        texts={DATASET_STAGES}
        onCancel={() => now.stop.abort()}
      />
    );
  return (
    <>
      {now.name === "failed" && (
        <Failed
          title={failed}
          reason={now.reason}
          culprit={now.culprit}
          onLeaveOut={(file) => {
            filling.leaveOut(file);
            onAgain();
          }}
        />
      )}
      <div class="form-actions">
        <Button onClick={onCancel}>{t("cancel")}</Button>
        <Button type="submit" tone="primary">
          {t(now.name === "failed" ? "retry" : action)}
        </Button>
      </div>
    </>
  );
}
