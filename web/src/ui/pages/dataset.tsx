import "../datasets/datasets.css";
import "../tasks/task-listing.css";
import "./task.css";
import { useSignal } from "@preact/signals";
import { Crop, Plus, RefreshCw } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { mayCreate } from "../../session";
import { CropDialog } from "../datasets/crop-dialog";
import { DatasetMenu } from "../datasets/dataset-menu";
import { FirstImage } from "../datasets/dataset-row";
import { type DatasetTasks, TasksOfDataset, useDatasetTasks } from "../datasets/dataset-tasks";
import { Description } from "../datasets/description";
import { Amounts, Kind, Published, Status } from "../datasets/facts";
import { Forbidden } from "../datasets/forbidden";
import { Items } from "../datasets/items";
import { noteDataset } from "../datasets/known";
import { mayRead, patchDataset, readDataset, type WireDataset } from "../datasets/wire";
import { age, moment } from "../format";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import { Waiting } from "../kit/progress";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { useResource } from "../resource";
import { go } from "../routes";
import { NameField } from "../tasks/name-field";
import { Unread } from "./unread";

/** One dataset: what is known of it, its tasks, its images. */
export function DatasetPage({ datasetId }: { datasetId: number }): JSX.Element {
  return mayRead() ? <Read datasetId={datasetId} /> : <Forbidden />;
}

function Read({ datasetId }: { datasetId: number }): JSX.Element {
  const { state, reload, set } = useResource(String(datasetId), async (signal) => {
    const found = await readDataset(datasetId, signal);
    noteDataset(found);
    return found;
  });
  if (state.name === "loading") return <Waiting label={t("loading")} />;
  if (state.name === "failed")
    return (
      <Unread
        title={t("dataset.unread")}
        error={state.error}
        back={{ to: "/datasets", text: t("not-found.datasets") }}
        onRetry={() => void reload()}
      />
    );
  const change = (dataset: WireDataset): void => {
    noteDataset(dataset);
    set(dataset);
  };
  return <Shown dataset={state.value} onDataset={change} onReload={() => void reload()} />;
}

interface ShownProps {
  readonly dataset: WireDataset;
  readonly onDataset: (dataset: WireDataset) => void;
  readonly onReload: () => void;
}

function Shown({ dataset, onDataset, onReload }: ShownProps): JSX.Element {
  const may = mayCreate();
  const tasks = useDatasetTasks(dataset.id, onReload);
  const cropping = useSignal(false);
  const crop = (): void => {
    cropping.value = true;
  };
  return (
    <>
      <Head dataset={dataset} onDataset={onDataset} onCrop={tasks.shown.length > 0 ? crop : undefined} />
      <Labels dataset={dataset} />
      <section class="dataset-section" aria-label={t("tasks")}>
        <div class="page-head">
          <h2>{t("tasks")}</h2>
          {may && tasks.shown.length > 0 && (
            <Button icon={Crop} aria-haspopup="dialog" onClick={crop}>
              {t("crop.menu")}
            </Button>
          )}
        </div>
        <Tasks tasks={tasks} dataset={dataset} />
      </section>
      <Items dataset={dataset} mayChange={may} onChanged={onReload} />
      {cropping.value && (
        <CropDialog
          dataset={dataset}
          tasks={tasks.shown}
          onClose={() => {
            cropping.value = false;
          }}
        />
      )}
    </>
  );
}

interface HeadProps extends Pick<ShownProps, "dataset" | "onDataset"> {
  readonly onCrop: (() => void) | undefined;
}

function Head({ dataset, onDataset, onCrop }: HeadProps): JSX.Element {
  const may = mayCreate();
  const patch = async (body: { name?: string; description?: string }): Promise<void> => {
    onDataset(await patchDataset(dataset.id, body));
  };
  return (
    <div class="task-head">
      <FirstImage dataset={dataset} />
      <div class="task-title">
        <NameField
          name={dataset.name}
          mayEdit={may}
          label={t("dataset.name")}
          onSave={(name) => patch({ name })}
        />
        <Facts dataset={dataset} />
        <Description
          text={dataset.description}
          mayEdit={may}
          onSave={(description) => patch({ description })}
        />
      </div>
      <div class="task-actions">
        {may && <CreateTask dataset={dataset} />}
        <DatasetMenu
          dataset={dataset}
          onDeleted={() => void go("/datasets", { replace: true })}
          onCrop={onCrop}
        />
      </div>
    </div>
  );
}

function CreateTask({ dataset }: { dataset: WireDataset }): JSX.Element {
  return (
    <Link class="button primary" to={`/tasks/create/${dataset.id}`}>
      <Icon icon={Plus} />
      {t("tasks.create")}
    </Link>
  );
}

function Tasks({ tasks, dataset }: { tasks: DatasetTasks; dataset: WireDataset }): JSX.Element {
  if (tasks.problem !== undefined)
    return (
      <p class="form-problem" role="alert">
        {tasks.problem}{" "}
        <Button icon={RefreshCw} onClick={tasks.reload}>
          {t("retry")}
        </Button>
      </p>
    );
  if (tasks.isLoading) return <Waiting label={t("loading")} />;
  if (tasks.shown.length > 0) return <TasksOfDataset tasks={tasks} />;
  return (
    <div class="card card-pad dataset-none">
      <p class="quiet">{t(mayCreate() ? "dataset.no-tasks.create" : "dataset.no-tasks")}</p>
      {mayCreate() && <Link to={`/tasks/create/${dataset.id}`}>{t("dataset.create-task")}</Link>}
    </div>
  );
}

function Facts({ dataset }: { dataset: WireDataset }): JSX.Element {
  const created = new Date(dataset.createdAt).toISOString();
  const updated = new Date(dataset.updatedAt).toISOString();
  return (
    <div class="facts dataset-facts">
      <span class="quiet">#{dataset.id}</span>
      <Status of={dataset} />
      <Amounts of={dataset} />
      <Kind of={dataset} />
      <Published of={dataset} />
      <span class="quiet" {...tip(moment(created))}>
        {t("task.created", { age: age(created) })}
      </span>
      <span class="quiet" {...tip(moment(updated))}>
        {t("task.updated", { age: age(updated) })}
      </span>
      <span class="quiet" {...tip(t("dataset.revision.tip"))}>
        {t("dataset.revision", { tag: dataset.tag })}
      </span>
    </div>
  );
}

/** The labels it was last published with. */
function Labels({ dataset: { labelList } }: { dataset: WireDataset }): JSX.Element | null {
  if (labelList === null || labelList.length === 0) return null;
  return (
    <div class="dataset-labels">
      <span class="quiet">{t("dataset.labels")}</span>
      <ul aria-label={t("dataset.labels")}>
        {labelList.map((name) => (
          <li key={name} class="badge">
            <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}
