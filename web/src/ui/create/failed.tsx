import type { JSX } from "preact";
import { type Key, t } from "../../i18n";
import { Button } from "../kit/button";
import type { Named } from "./files";

export interface FailedProps {
  readonly title?: Key;
  readonly reason: string;
  /** The file the reason names, if it is one of those sent. */
  readonly culprit?: Named | undefined;
  readonly onLeaveOut?: (file: Named["file"]) => void;
  /** What of it all is still there. */
  readonly kept?: Key;
}

/** Why nothing was made, and what can be done about it. */
export function Failed(props: FailedProps): JSX.Element {
  const { title = "create.failed", reason, culprit, onLeaveOut, kept = "create.failed.kept" } = props;
  return (
    <section class="failed" role="alert">
      <b>{t(title)}</b>
      <p>{reason}</p>
      <p class="quiet">{t(kept)}</p>
      {culprit !== undefined && (
        <Button onClick={() => onLeaveOut?.(culprit.file)}>
          {t("create.leave-out", { name: culprit.name })}
        </Button>
      )}
    </section>
  );
}
