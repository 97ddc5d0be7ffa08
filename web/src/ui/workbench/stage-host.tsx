import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { openStage } from "../../stage/stage";
import { Button } from "../kit/button";
import { Waiting } from "../kit/progress";
import type { Workbench } from "./workbench";

export interface StageHostProps {
  readonly bench: Workbench;
  /** What lies over the picture. */
  readonly children?: ComponentChildren;
}

/** The place of the stage, and what is said over it when there is no picture to see. */
export function StageHost({ bench, children }: StageHostProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    const stage = openStage(host.current, bench, (event) => bench.onEvent(event));
    bench.stage = stage;
    return () => {
      bench.stage = undefined;
      stage.close();
    };
  }, [bench]);
  return (
    <main class="stage-place">
      <div
        ref={host}
        class="stage"
        role="application"
        aria-label={t("workbench.stage")}
        tabIndex={-1}
        onPointerLeave={() => {
          bench.hovered.value = undefined;
        }}
      />
      <Notice bench={bench} />
      {children}
    </main>
  );
}

function Notice({ bench }: { bench: Workbench }): JSX.Element | null {
  const { failure, picture, wanted } = bench.navigation;
  const retry = () => void bench.navigation.go(wanted.peek());
  const isFailed = failure.value !== undefined;
  useEffect(() => {
    // A save that came through tells of a server that is back, too.
    if (failure.peek() !== undefined) retry();
  }, [bench.sync.lastSave.value]);
  useEffect(() => {
    if (!isFailed) return;
    addEventListener("online", retry);
    return () => removeEventListener("online", retry);
  }, [isFailed]);
  if (failure.value !== undefined) {
    return (
      <div class="stage-cover">
        <div class="stage-notice danger" role="alert">
          <p>{t("workbench.frame.failed", { frame: wanted.value })}</p>
          <p>{failure.value}</p>
          <Button onClick={retry}>{t("workbench.try-again")}</Button>
        </div>
      </div>
    );
  }
  if (picture.value === undefined) {
    return (
      <div class="stage-notice">
        <Waiting label={t("workbench.frame.loading")} />
      </div>
    );
  }
  return null;
}
