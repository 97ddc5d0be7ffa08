import "../datasets/datasets.css";
import "../tasks/task-listing.css";
import "./create-task.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { mayCreate } from "../../session";
import { ADVANCED, Advanced, type AdvancedProblems, advancedProblems, numbersOf } from "../create/advanced";
import { createTask, type Made } from "../create/creation";
import { Done } from "../create/done";
import { Failed } from "../create/failed";
import { useUploadGuard } from "../create/guard";
import { ProgressPanel } from "../create/progress-panel";
import type { Stage } from "../create/sending";
import { FirstImage } from "../datasets/dataset-row";
import { Amounts, Kind, Status } from "../datasets/facts";
import { Forbidden } from "../datasets/forbidden";
import { firstLabels, taskNameOf } from "../datasets/names";
import { readDataset, type WireDataset } from "../datasets/wire";
import { annotationTypeOf } from "../datasets/words";
import { Button } from "../kit/button";
import { Form, focusInvalid, TextField } from "../kit/field";
import { Waiting } from "../kit/progress";
import { DraftLabels } from "../labels/draft-labels";
import { Link } from "../link";
import { problemOf } from "../problem";
import { useResource } from "../resource";
import { NO_REPOSITORY } from "../tasks/repository";
import { Unread } from "./unread";

/** A new task of the images of a dataset. */
export function CreateFromDataset({ datasetId }: { datasetId: number }): JSX.Element {
  return mayCreate() ? <Read datasetId={datasetId} /> : <Forbidden title="create.forbidden" />;
}

function Read({ datasetId }: { datasetId: number }): JSX.Element {
  const { state, reload } = useResource(String(datasetId), (signal) => readDataset(datasetId, signal));
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
  return <CreateForm dataset={state.value} />;
}

type Run =
  | { name: "idle" }
  | { name: "running"; stage: Stage; stop: AbortController }
  | { name: "failed"; reason: string }
  | { name: "done"; made: Made };

interface Problems extends AdvancedProblems {
  labels?: string;
}

/** What is chosen, and the making of the task. */
function useCreation(dataset: WireDataset) {
  const labels = useSignal(firstLabels(dataset));
  const advanced = useSignal(ADVANCED);
  const problems = useSignal<Problems>({});
  const run = useSignal<Run>({ name: "idle" });
  useUploadGuard(() => {
    const now = run.peek();
    return now.name === "running" ? now.stop : undefined;
  });
  const start = async (): Promise<void> => {
    problems.value = {
      ...advancedProblems(advanced.value),
      ...(labels.value.length === 0 ? { labels: t("create.no-labels") } : {}),
    };
    if (Object.keys(problems.value).length > 0) return focusInvalid();
    const stop = new AbortController();
    const onStage = (stage: Stage): void => {
      run.value = { name: "running", stage, stop };
    };
    onStage({ name: "preparing", message: "", progress: undefined });
    const wish = {
      ...numbersOf(advanced.value),
      name: taskNameOf(dataset),
      labels: { name: "own", labels: labels.value },
      serverFiles: [],
      copyData: false,
      addresses: [],
      asImages: true,
      repository: NO_REPOSITORY,
      datasetId: dataset.id,
      annotationType: annotationTypeOf(dataset.annotType) ?? "",
    } as const;
    try {
      run.value = { name: "done", made: await createTask(wish, { onStage, signal: stop.signal }) };
    } catch (error) {
      run.value = stop.signal.aborted ? { name: "idle" } : { name: "failed", reason: problemOf(error) };
    }
  };
  return { labels, advanced, problems, run, start };
}

function CreateForm({ dataset }: { dataset: WireDataset }): JSX.Element {
  const { labels, advanced, problems, run, start } = useCreation(dataset);
  const now = run.value;
  if (now.name === "done") return <Done made={now.made} />;
  const isEmpty = dataset.itemCount === 0;
  return (
    <Form class="create" onSubmit={() => void start()}>
      <div class="page-head">
        <h1>{t("create-from.title")}</h1>
      </div>
      <fieldset class="create-fields" disabled={now.name === "running"}>
        <DatasetCard dataset={dataset} />
        <TextField
          label={t("create.name")}
          hint={t("create-from.name.hint")}
          value={taskNameOf(dataset)}
          disabled
          onInput={() => undefined}
        />
        <section class="create-part" aria-label={t("labels")}>
          <h2>{t("labels")}</h2>
          <p class="quiet">{t(labelsHint(dataset))}</p>
          <DraftLabels
            labels={labels}
            error={labels.value.length === 0 ? problems.value.labels : undefined}
          />
        </section>
        <Advanced text={advanced} problems={problems.value} />
      </fieldset>
      {now.name === "failed" && <Failed reason={now.reason} />}
      {now.name === "running" ? (
        <ProgressPanel stage={now.stage} fileCount={0} onCancel={() => now.stop.abort()} />
      ) : (
        <div class="form-actions">
          {isEmpty && <span class="quiet">{t("create-from.empty")}</span>}
          <Button type="submit" tone="primary" disabled={isEmpty}>
            {t(now.name === "failed" ? "retry" : "create.start")}
          </Button>
        </div>
      )}
    </Form>
  );
}

function labelsHint({
  annotType,
  labelList,
}: WireDataset): "create-from.labels.published" | "create-from.labels.text" | "create-from.labels" {
  if (labelList !== null && labelList.length > 0) return "create-from.labels.published";
  return annotType.startsWith("ocr") ? "create-from.labels.text" : "create-from.labels";
}

/** What the task will be made of. */
function DatasetCard({ dataset }: { dataset: WireDataset }): JSX.Element {
  return (
    <div class="dataset-card">
      <FirstImage dataset={dataset} />
      <div>
        <h2 class="dataset-card-name">
          <Link to={`/datasets/${dataset.id}`}>
            <bdi>{dataset.name}</bdi>
          </Link>
          <span class="task-id">#{dataset.id}</span>
        </h2>
        <p>
          <Status of={dataset} />
          <Amounts of={dataset} />
          <Kind of={dataset} />
        </p>
      </div>
    </div>
  );
}
