/** What the page of a task says of its dataset: which one, whether it has changed, what was published. */

import { CloudUpload, Database, RefreshCw } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { age, moment } from "../format";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { useResource } from "../resource";
import { mayChange } from "../tasks/task-menu";
import { type MediaStatus, readMediaStatus, type WireTask } from "../tasks/wire";
import { useDataset } from "./known";
import { isPublished, publishing, publishTask } from "./publish";
import { reloading, reloadTask } from "./reload";
import { mayRead } from "./wire";

/** It is looked so often whether the dataset has changed. */
const LOOK_MS = 10_000;

/** The dataset of a task, and when its annotations went there. */
export function DatasetFacts({ task }: { task: WireTask }): JSX.Element | null {
  const { dataset_id: id, published_date: published } = task;
  const dataset = useDataset(id);
  if (id === null) return null;
  const name = dataset?.name ?? t("dataset.number", { id });
  return (
    <>
      {mayRead() ? (
        <Link class="badge" to={`/datasets/${id}`} aria-label={t("dataset.of-task", { name })}>
          <Icon icon={Database} size={12} />
          <bdi>{name}</bdi>
        </Link>
      ) : (
        <span class="badge">
          <Icon icon={Database} size={12} />
          <bdi>{name}</bdi>
        </span>
      )}
      <span class="quiet" {...(published === null ? {} : tip(moment(published)))}>
        {published === null ? t("publish.never") : t("publish.last", { age: age(published) })}
      </span>
    </>
  );
}

/** Whether publishing is the next thing to do, and the person's to do. */
export function isPublishDue(task: WireTask): boolean {
  return task.dataset_id !== null && task.status === "completed" && !isPublished(task) && mayChange(task);
}

export interface PublishButtonProps {
  readonly task: WireTask;
  readonly onPublished: () => void;
}

/** Sends the annotations to the dataset; the first thing to do once all is labelled. */
export function PublishButton({ task, onPublished }: PublishButtonProps): JSX.Element | null {
  if (task.dataset_id === null || task.segments.length === 0) return null;
  const may = mayChange(task);
  return (
    <Button
      icon={CloudUpload}
      tone={isPublishDue(task) ? "primary" : "plain"}
      busy={publishing.value.has(task.id)}
      disabled={!may}
      {...tip(may ? t("publish.tip") : t("task.not-yours"))}
      onClick={async () => {
        if (await publishTask(task)) onPublished();
      }}
    >
      {t("publish")}
    </Button>
  );
}

export interface DatasetNoticeProps {
  readonly task: WireTask;
  readonly onReloaded: () => void;
}

/** Says that the dataset has changed since the images of the task were read, and has them read again. */
export function DatasetNotice({ task, onReloaded }: DatasetNoticeProps): JSX.Element | null {
  const may = mayChange(task);
  const isAsked = task.dataset_id !== null && task.segments.length > 0;
  const { state, reload } = useResource<MediaStatus | undefined>(
    `${task.id} ${isAsked} ${task.updated_date}`,
    async () => (isAsked ? readMediaStatus(task.id) : undefined),
  );
  useEffect(() => {
    if (!isAsked) return;
    const timer = setInterval(() => document.hidden || void reload(), LOOK_MS);
    return () => clearInterval(timer);
  }, [isAsked, reload]);
  const dataset = state.name === "ready" ? state.value?.dataset : undefined;
  if (dataset === undefined || (!dataset.changed && dataset.current_tag !== null)) return null;
  if (!dataset.changed)
    return (
      <p class="card card-pad quiet" role="status">
        {t("dataset.unreachable")}
      </p>
    );
  return (
    <div class="warning dataset-changed" role="status">
      <Icon icon={RefreshCw} />
      <span>{t("dataset.changed")}</span>
      <Button
        busy={reloading.value.has(task.id)}
        disabled={!may}
        {...(may ? {} : tip(t("task.not-yours")))}
        onClick={async () => {
          if (!(await reloadTask(task))) return;
          onReloaded();
          await reload();
        }}
      >
        {t("reload.again")}
      </Button>
    </div>
  );
}
