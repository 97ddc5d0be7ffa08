import "./create-task.css";
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { Lock } from "lucide";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../i18n";
import { session } from "../../session";
import { ADVANCED, Advanced, type AdvancedProblems, advancedProblems, numbersOf } from "../create/advanced";
import {
  type DataWish,
  deleteTask,
  type LabelsWish,
  type Made as MadeTask,
  makeTask,
  type TaskWish,
} from "../create/creation";
import { Done } from "../create/done";
import { titlesOf } from "../create/files";
import { LabelsPart } from "../create/labels-part";
import { groupOf, type Sources, sourceProblem, useMaking, useSources } from "../create/making";
import { MakingEnd } from "../create/making-end";
import { MediaPart } from "../create/media-part";
import { AnnotationTypeField } from "../datasets/type-field";
import { mayRead } from "../datasets/wire";
import type { AnnotationType } from "../datasets/words";
import { counted } from "../format";
import { Button } from "../kit/button";
import { confirm } from "../kit/confirm";
import { Empty } from "../kit/empty";
import { Form, focusInvalid, TextField } from "../kit/field";
import type { EditedLabel } from "../labels/model";
import { Link } from "../link";
import type { ProjectName } from "../projects/wire";
import { NewRepository, NO_REPOSITORY } from "../tasks/repository";
import type { WireTask } from "../tasks/wire";

interface Problems extends AdvancedProblems {
  name?: string | undefined;
  labels?: string;
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
  const advanced = useSignal(ADVANCED);
  const repository = useSignal(NO_REPOSITORY);
  const problems = useSignal<Problems>({});
  const isChecked = useSignal(false);
  /** The task, once it stands: another try fills it, and what was sent for it is there. */
  const task = useSignal<WireTask | undefined>(undefined);
  /** Whether it stood when this try began: what the form shows stays in its place meanwhile. */
  const stood = useSignal(false);
  const sources = useSources();
  const making = useMaking(sources);
  useSuggestedName(name, sources);

  const start = (): void => {
    problems.value = problemsOf(
      name.value,
      project.value !== null || labels.value.length > 0,
      advancedProblems(advanced.value),
    );
    isChecked.value = true;
    if (Object.keys(problems.value).length > 0 || sourceProblem(sources) !== undefined) {
      focusInvalid();
      return;
    }
    const numbers = numbersOf(advanced.value);
    const wish: Omit<TaskWish, keyof DataWish> = {
      ...numbers,
      name: name.value.trim(),
      annotationType: annotationType.value,
      labels: labelsWish(project.value, subset.value, labels.value),
      repository: repository.value,
    };
    stood.value = task.value !== undefined;
    void making.start({
      data: numbers,
      repository: repository.value,
      task: async (signal) => {
        task.value ??= await makeTask(wish, signal);
        return task.value;
      },
    });
  };
  /** Begin another task, of the files that this one was not made of. */
  const again = (): void => {
    const { taken } = groupOf(sources);
    name.value = "";
    sources.chosen.value = sources.chosen.value.filter((each) => !taken?.files.includes(each));
    sources.server.value = [];
    sources.addresses.value = "";
    isChecked.value = false;
    task.value = undefined;
    making.run.value = { name: "idle" };
  };
  const discard = async (): Promise<void> => {
    const made = task.value;
    if (made === undefined || !(await agreesToDiscard(made))) return;
    await deleteTask(made.id);
    task.value = undefined;
    making.run.value = { name: "idle" };
  };
  const own = { name, labels, project, subset, annotationType, advanced, repository, problems };
  return { ...own, sources, making, isChecked, task, stood, start, again, discard };
}

type Creation = ReturnType<typeof useCreation>;

function CreateForm(): JSX.Element {
  const creation = useCreation();
  const { advanced, problems, making, sources, task, start } = creation;
  const state = making.run.value;
  if (state.name === "done") return <Made creation={creation} made={state.made} />;
  const isRunning = state.name === "running";
  const kind = groupOf(sources).taken?.kind;
  const standing = isRunning && !creation.stood.value ? undefined : task.value;
  return (
    <Form class="create" onSubmit={start}>
      <div class="page-head">
        <h1>{t("create.title")}</h1>
      </div>
      <fieldset class="create-fields" disabled={isRunning}>
        {standing === undefined ? <TaskPart creation={creation} /> : <Standing task={standing} />}
        <MediaPart sources={sources} isChecked={creation.isChecked.value}>
          {mayRead() && (
            <p class="quiet">
              {t("create.of-dataset")} <Link to="/datasets">{t("create.of-dataset.choose")}</Link>
            </p>
          )}
        </MediaPart>
        {standing === undefined && (
          <AnnotationTypeField
            value={creation.annotationType.value}
            onPick={(picked) => {
              creation.annotationType.value = picked;
            }}
          />
        )}
        <Advanced
          text={advanced}
          problems={problems.value}
          isVideo={kind === undefined ? undefined : kind === "video"}
          isFilled={standing !== undefined}
        >
          {standing === undefined && <NewRepository wish={creation.repository} />}
        </Advanced>
      </fieldset>
      <MakingEnd making={making} action="create.start" onStart={start} isKept={task.value !== undefined}>
        {task.value !== undefined && (
          <Button tone="quiet" onClick={() => void creation.discard()}>
            {t("create.discard")}
          </Button>
        )}
      </MakingEnd>
    </Form>
  );
}

/** What the task is besides its frames. */
function TaskPart({ creation }: { creation: Creation }): JSX.Element {
  const { name, problems } = creation;
  return (
    <>
      <TextField
        label={t("create.name")}
        value={name.value}
        autofocus
        maxLength={NAME_LIMIT}
        error={name.value === "" ? problems.value.name : undefined}
        onInput={(value) => {
          name.value = value;
        }}
      />
      <LabelsPart
        project={creation.project}
        subset={creation.subset}
        labels={creation.labels}
        error={problems.value.labels}
      />
    </>
  );
}

/** The task stands, and has no frames yet. */
function Standing({ task }: { task: WireTask }): JSX.Element {
  return (
    <p class="note">
      {t("create.standing", { name: task.name })}{" "}
      <Link to={`/tasks/${task.id}`}>{t("create.open-task")}</Link>
    </p>
  );
}

/** The task is made; what was chosen besides is for the next. */
function Made({ creation, made }: { creation: Creation; made: MadeTask }): JSX.Element {
  const { groups } = groupOf(creation.sources);
  return (
    <Done
      made={made}
      onAgain={creation.again}
      again={groups.length > 1 ? counted("create.rest", groups.length - 1) : undefined}
    />
  );
}

function agreesToDiscard(task: WireTask): Promise<boolean> {
  return confirm({
    title: t("create.discard.title", { name: task.name }),
    body: <p>{t("create.discard.text")}</p>,
    action: t("create.discard"),
    tone: "danger",
  });
}

/** Call the task as what it is made of is called, while nobody called it otherwise. */
function useSuggestedName(name: Signal<string>, sources: Sources): void {
  const suggested = useRef("");
  useSignalEffect(() => {
    const found = nameOf(sources);
    if (name.peek() !== "" && name.peek() !== suggested.current) return;
    suggested.current = found;
    name.value = found;
  });
}

/** What was chosen, by its first name when it is several things; "" without any. */
function nameOf(sources: Sources): string {
  const files = groupOf(sources).taken?.files ?? [];
  const served = sources.server.value.map(({ path, isFolder }) => ({
    path: path.slice(path.lastIndexOf("/") + 1) + (isFolder ? "/" : ""),
  }));
  const names = titlesOf([...files, ...served]);
  const [first = ""] = names;
  const name = names.length > 1 ? counted("create.name.several", names.length - 1, { first }) : first;
  return name.slice(0, NAME_LIMIT);
}

function problemsOf(name: string, hasLabels: boolean, advanced: AdvancedProblems): Problems {
  return {
    ...advanced,
    ...(name.trim() === "" ? { name: t("field.required") } : {}),
    ...(!hasLabels ? { labels: t("create.no-labels") } : {}),
  };
}

function labelsWish(project: ProjectName | null, subset: string, own: readonly EditedLabel[]): LabelsWish {
  if (project === null) return { name: "own", labels: own };
  return { name: "project", projectId: project.id, subset: subset.trim() };
}
