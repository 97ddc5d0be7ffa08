/** The page of a job: fetches what it needs, then gives the workbench the whole window. */

import "./workbench.css";
import { ImageOff } from "lucide";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button } from "../kit/button";
import { Empty } from "../kit/empty";
import { Waiting } from "../kit/progress";
import { go } from "../routes";
import { Layout } from "./layout";
import { countKept, type Opened, openJob } from "./open";

export interface JobPageProps {
  readonly taskId: number;
  readonly jobId: number;
}

type State =
  | { readonly name: "opening" }
  | { readonly name: "open"; readonly opened: Opened }
  /** `kept` unsaved changes of the job lie in this browser's journal. */
  | { readonly name: "failed"; readonly reason: string; readonly kept: number };

export function JobPage({ taskId, jobId }: JobPageProps): JSX.Element {
  const [state, setState] = useState<State>({ name: "opening" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isLeft = false;
    let opened: Opened | undefined;
    setState({ name: "opening" });
    openJob(taskId, jobId).then(
      (ready) => {
        opened = ready;
        if (isLeft) ready.close();
        else setState({ name: "open", opened: ready });
      },
      async (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        const kept = await countKept(jobId);
        if (!isLeft) setState({ name: "failed", reason, kept });
      },
    );
    return () => {
      isLeft = true;
      opened?.close();
    };
  }, [taskId, jobId, attempt]);
  switch (state.name) {
    case "opening":
      return <Waiting label={t("workbench.opening")} />;
    case "open":
      return <Layout bench={state.opened.bench} />;
    case "failed":
      return (
        <Empty
          icon={ImageOff}
          tone="danger"
          title={t("workbench.failed")}
          action={
            <>
              <Button tone="primary" onClick={() => setAttempt(attempt + 1)}>
                {t("workbench.try-again")}
              </Button>
              <Button onClick={() => void go(`/tasks/${taskId}`)}>{t("workbench.to-task")}</Button>
            </>
          }
        >
          {state.reason}
          {state.kept > 0 && <p>{t("workbench.kept", { count: state.kept })}</p>}
        </Empty>
      );
  }
}
