import "./create-task.css";
import { type Signal, useSignal } from "@preact/signals";
import { Lock } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { session } from "../../session";
import { ADVANCED, Advanced, type AdvancedProblems, advancedProblems, numbersOf } from "../create/advanced";
import { createTask, type LabelsWish, type Made, type TaskWish } from "../create/creation";
import { Done } from "../create/done";
import { Failed } from "../create/failed";
import { FileChooser } from "../create/file-chooser";
import { type Chosen, fileNamedIn, folderOf, type Named, nameFiles } from "../create/files";
import { guardUpload } from "../create/guard";
import { LabelsPart } from "../create/labels-part";
import { ProgressPanel } from "../create/progress-panel";
import type { Stage } from "../create/sending";
import type { ServerFile } from "../create/share";
import { AnnotationTypeField } from "../datasets/type-field";
import { mayRead } from "../datasets/wire";
import type { AnnotationType } from "../datasets/words";
import { Button } from "../kit/button";
import { Empty } from "../kit/empty";
import { Form, focusInvalid, TextField } from "../kit/field";
import type { EditedLabel } from "../labels/model";
import { Link } from "../link";
import { problemOf } from "../problem";
import type { ProjectName } from "../projects/wire";
import { NewRepository, NO_REPOSITORY } from "../tasks/repository";

type Run =
  | { name: "idle" }
  | { name: "running"; stage: Stage; count: number; stop: AbortController }
  | { name: "failed"; reason: string; culprit: Named | undefined }
  | { name: "done"; made: Made };

interface Problems extends AdvancedProblems {
  name?: string | undefined;
  labels?: string;
  files?: string;
}

const NAME_LIMIT = 256;

/** A new task: its name, its labels, its files. */
export function CreateTask(): JSX.Element {
  const now = session.value;
  if (now.name === "signed-in" && !now.user.mayCreateTasks)
    return (
      <Empty
        icon={Lock}
        title={t("create.forbidden")}
        action={
          <Link class="button primary" to="/tasks">
            {t("not-found.tasks")}
          </Link>
        }
      >
        {t("create.forbidden.hint")}
      </Empty>
    );
  return <CreateForm />;
}

/** What is typed and chosen, and the making of the task. */
function useCreation() {
  const name = useSignal("");
  const labels = useSignal<readonly EditedLabel[]>([]);
  const project = useSignal<ProjectName | null>(null);
  const subset = useSignal("");
  const annotationType = useSignal<AnnotationType | "">("");
  const server = useSignal<readonly ServerFile[]>([]);
  const copyData = useSignal(false);
  const chosen = useSignal<readonly Chosen[]>([]);
  const advanced = useSignal(ADVANCED);
  const repository = useSignal(NO_REPOSITORY);
  const problems = useSignal<Problems>({});
  const run = useSignal<Run>({ name: "idle" });
  const current = useRef(run);
  useEffect(
    () =>
      guardUpload(() => {
        const now = current.current.peek();
        return now.name === "running" ? now.stop : undefined;
      }),
    [],
  );

  const start = async (): Promise<void> => {
    const good = chosen.value.filter((each) => each.problem === undefined);
    problems.value = problemsOf(
      name.value,
      project.value !== null || labels.value.length > 0,
      good.length + server.value.length,
      advancedProblems(advanced.value),
    );
    if (Object.keys(problems.value).length > 0) {
      run.value = { name: "idle" };
      focusInvalid();
      return;
    }
    const files = nameFiles(good);
    const stop = new AbortController();
    const count = files.length;
    const onStage = (stage: Stage): void => {
      run.value = { name: "running", stage, count, stop };
    };
    onStage({ name: "preparing", message: "", progress: undefined });
    try {
      const wish: TaskWish = {
        ...numbersOf(advanced.value),
        name: name.value.trim(),
        annotationType: annotationType.value,
        labels: labelsWish(project.value, subset.value, labels.value),
        serverFiles: server.value,
        copyData: copyData.value,
        repository: repository.value,
      };
      const made = await createTask(wish, files, { onStage, signal: stop.signal });
      run.value = { name: "done", made };
    } catch (error) {
      const reason = problemOf(error);
      run.value = stop.signal.aborted
        ? { name: "idle" }
        : { name: "failed", reason, culprit: fileNamedIn(reason, files) };
    }
  };
  const again = (): void => {
    name.value = "";
    chosen.value = [];
    server.value = [];
    run.value = { name: "idle" };
  };
  const files = { chosen, server, copyData };
  return {
    name,
    labels,
    project,
    subset,
    annotationType,
    ...files,
    advanced,
    repository,
    problems,
    run,
    start,
    again,
  };
}

type Creation = ReturnType<typeof useCreation>;

function CreateForm(): JSX.Element {
  const creation = useCreation();
  const { name, advanced, problems, run, start, again } = creation;
  const state = run.value;
  if (state.name === "done") return <Done made={state.made} onAgain={again} />;
  return (
    <Form class="create" onSubmit={() => void start()}>
      <div class="page-head">
        <h1>{t("create.title")}</h1>
      </div>
      <fieldset class="create-fields" disabled={state.name === "running"}>
        <TextField
          label={t("create.name")}
          value={name.value}
          autofocus
          maxLength={NAME_LIMIT}
          error={problems.value.name}
          onInput={(value) => {
            name.value = value;
            problems.value = { ...problems.value, name: undefined };
          }}
        />
        <LabelsPart
          project={creation.project}
          subset={creation.subset}
          labels={creation.labels}
          error={problems.value.labels}
        />
        <FilesPart creation={creation} />
        <AnnotationTypeField
          value={creation.annotationType.value}
          onPick={(picked) => {
            creation.annotationType.value = picked;
          }}
        />
        <Advanced text={advanced} problems={problems.value}>
          <NewRepository wish={creation.repository} />
        </Advanced>
      </fieldset>
      {state.name === "running" ? (
        <ProgressPanel stage={state.stage} fileCount={state.count} onCancel={() => state.stop.abort()} />
      ) : (
        <Start creation={creation} state={state} />
      )}
    </Form>
  );
}

/** The images: uploaded, or of the server's share. */
function FilesPart({ creation }: { creation: Creation }): JSX.Element {
  const { name, chosen, server, copyData, problems } = creation;
  const hasFiles = server.value.length > 0 || chosen.value.some((each) => each.problem === undefined);
  return (
    <section class="create-part" aria-label={t("files")}>
      <h2>{t("files")}</h2>
      <FileChooser
        chosen={chosen.value}
        server={{
          files: server.value,
          onChoose: (files) => {
            server.value = files;
          },
        }}
        error={hasFiles ? undefined : problems.value.files}
        onChange={(changed) => {
          chosen.value = changed;
          if (name.value !== "") return;
          name.value = folderOf(changed).slice(0, NAME_LIMIT);
          if (name.value !== "") problems.value = { ...problems.value, name: undefined };
        }}
      />
      {mayRead() && (
        <p class="quiet">
          {t("create.of-dataset")} <Link to="/datasets">{t("create.of-dataset.choose")}</Link>
        </p>
      )}
      {server.value.length > 0 && <CopyChoice copyData={copyData} />}
    </section>
  );
}

/** The button that makes the task; before it, what went wrong the last time. */
function Start({ creation, state }: { creation: Creation; state: Run }): JSX.Element {
  const { chosen, start } = creation;
  return (
    <>
      {state.name === "failed" && (
        <Failed
          reason={state.reason}
          culprit={state.culprit}
          onLeaveOut={(file) => {
            chosen.value = chosen.value.map((each) =>
              each.file === file ? { ...each, problem: "refused" } : each,
            );
            void start();
          }}
        />
      )}
      <div class="form-actions">
        <Button type="submit" tone="primary">
          {t(state.name === "failed" ? "retry" : "create.start")}
        </Button>
      </div>
    </>
  );
}

/** Files of the share are read where they are, or copied. */
function CopyChoice({ copyData }: { copyData: Signal<boolean> }): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={copyData.value}
        onChange={(event) => {
          copyData.value = event.currentTarget.checked;
        }}
      />
      <span>
        {t("share.copy")} <span class="quiet">{t("share.copy.hint")}</span>
      </span>
    </label>
  );
}

function problemsOf(
  name: string,
  hasLabels: boolean,
  fileCount: number,
  advanced: AdvancedProblems,
): Problems {
  return {
    ...advanced,
    ...(name.trim() === "" ? { name: t("field.required") } : {}),
    ...(!hasLabels ? { labels: t("create.no-labels") } : {}),
    ...(fileCount === 0 ? { files: t("create.no-files") } : {}),
  };
}

function labelsWish(project: ProjectName | null, subset: string, own: readonly EditedLabel[]): LabelsWish {
  if (project === null) return { name: "own", labels: own };
  return { name: "project", projectId: project.id, subset: subset.trim() };
}
