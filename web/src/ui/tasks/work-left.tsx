/** Tells of unsaved work of jobs that are not open, with the way to it: it goes to the server when one opens them. */

import "./work-left.css";
import { useSignal } from "@preact/signals";
import { TriangleAlert } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError, call } from "../../api";
import { t } from "../../i18n";
import { session } from "../../session";
import { discardWork, workLeftBehind } from "../../sync/left-behind";
import { Button } from "../kit/button";
import { confirm } from "../kit/confirm";
import { Icon } from "../kit/icon";
import { Link } from "../link";

interface Left {
  readonly jobId: number;
  readonly count: number;
  /** null: the job is gone; undefined: not known now. */
  readonly taskId: number | null | undefined;
}

/** Of all jobs, or of those of one task. */
export function WorkLeft({ taskId }: { readonly taskId?: number }): JSX.Element | null {
  const left = useSignal<readonly Left[]>([]);
  useEffect(() => {
    const look = async () => {
      left.value = await findWork();
    };
    void look();
    // A job may have been saved, or left, in another tab meanwhile.
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, []);
  const shown = left.value.filter((each) => taskId === undefined || each.taskId === taskId);
  if (shown.length === 0) return null;
  const discard = async (work: Left) => {
    await discardWork(userId() ?? 0, work.jobId);
    left.value = left.value.filter((each) => each !== work);
  };
  return (
    <ul class="work-left" role="status">
      {shown.map((work) => (
        <WorkOfJob key={work.jobId} work={work} discard={() => void discard(work)} />
      ))}
    </ul>
  );
}

interface WorkOfJobProps {
  readonly work: Left;
  readonly discard: () => void;
}

function WorkOfJob({ work, discard }: WorkOfJobProps): JSX.Element {
  const { jobId, count, taskId } = work;
  const isGone = taskId === null;
  const ask = async () => {
    const agreed = await confirm({
      title: t("sync.left.discard.title", { id: jobId }),
      body: t("sync.left.discard.text", { count }),
      action: t("sync.left.discard"),
      tone: "danger",
    });
    if (agreed) discard();
  };
  return (
    <li>
      <Icon icon={TriangleAlert} />
      <span>{t(isGone ? "sync.left.gone" : "sync.left", { id: jobId, count })}</span>
      {isGone ? (
        <Button onClick={() => void ask()}>{t("sync.left.discard")}</Button>
      ) : (
        <Link class="button" to={taskId === undefined ? `/jobs/${jobId}` : `/tasks/${taskId}/jobs/${jobId}`}>
          {t("sync.left.open")}
        </Link>
      )}
    </li>
  );
}

function userId(): number | undefined {
  const now = session.peek();
  return now.name === "signed-in" ? now.user.id : undefined;
}

async function findWork(): Promise<readonly Left[]> {
  const id = userId();
  if (id === undefined) return [];
  const jobs = await workLeftBehind(id);
  return Promise.all(jobs.map(async (job) => ({ ...job, taskId: await findTask(job.jobId) })));
}

async function findTask(jobId: number): Promise<Left["taskId"]> {
  try {
    return (await call<{ task_id: number }>("GET", `/jobs/${jobId}`)).task_id;
  } catch (error) {
    return error instanceof ApiError && error.status === 404 ? null : undefined;
  }
}
