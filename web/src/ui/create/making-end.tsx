import type { ComponentChildren, JSX } from "preact";
import { type Key, t } from "../../i18n";
import { Button } from "../kit/button";
import { Failed } from "./failed";
import type { Making } from "./making";
import { ProgressPanel } from "./progress-panel";

export interface MakingEndProps {
  readonly making: Making;
  /** What the button says that starts. */
  readonly action: Key;
  readonly onStart: () => void;
  /** Whether a task stands already, and with it what was sent. */
  readonly isKept: boolean;
  /** Beside the button, once something went wrong. */
  readonly children?: ComponentChildren;
}

/** The end of a form that makes frames: how far they are, what went wrong, and the button that starts. */
export function MakingEnd({ making, action, onStart, isKept, children }: MakingEndProps): JSX.Element {
  const state = making.run.value;
  if (state.name === "running")
    return (
      <ProgressPanel
        stage={state.stage}
        fileCount={state.count}
        gate={state.gate}
        onCancel={() => state.stop.abort()}
      />
    );
  const isOver = state.name === "failed" || state.name === "stopped";
  return (
    <>
      {state.name === "stopped" && (
        <section class="making stopped" role="status">
          <b>{t("create.stopped")}</b>
          {isKept && <p class="quiet">{t("create.stopped.kept")}</p>}
        </section>
      )}
      {state.name === "failed" && (
        <Failed
          title={isKept ? "create.failed.frames" : "create.failed"}
          reason={state.reason}
          kept={isKept && state.isSent ? "create.failed.sent" : "create.failed.kept"}
          culprit={state.culprit}
          onLeaveOut={(file) => {
            making.leaveOut(file);
            onStart();
          }}
        />
      )}
      <div class="form-actions">
        {isOver && children}
        <Button type="submit" tone="primary">
          {t(state.name === "failed" ? "retry" : state.name === "stopped" ? "create.resume" : action)}
        </Button>
      </div>
    </>
  );
}
