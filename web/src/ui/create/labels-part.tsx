import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import { t } from "../../i18n";
import { Field } from "../kit/field";
import { Picker } from "../kit/picker";
import { Waiting } from "../kit/progress";
import { DraftLabels } from "../labels/draft-labels";
import { LabelEditor } from "../labels/label-editor";
import { type EditedLabel, editedLabel } from "../labels/model";
import { Link } from "../link";
import { problemOf } from "../problem";
import { noteProject } from "../projects/known";
import { findProjects, type ProjectName, readProject, type WireProject } from "../projects/wire";
import { place } from "../routes";
import { Offered, SUBSET_LIMIT } from "../tasks/subset-field";

export interface LabelsPartProps {
  readonly project: Signal<ProjectName | null>;
  readonly subset: Signal<string>;
  readonly labels: Signal<readonly EditedLabel[]>;
  readonly error: string | undefined;
}

/** The project chosen, once it is read: at first the one chosen before, or the one the address asks for. */
function useChosen(project: Signal<ProjectName | null>) {
  const found = useSignal<WireProject | undefined>(undefined);
  const problem = useSignal("");
  const read = async (id: number): Promise<void> => {
    found.value = undefined;
    problem.value = "";
    try {
      const read = await readProject(id);
      noteProject(read);
      if (project.peek()?.id !== id) return;
      found.value = read;
      project.value = read;
    } catch (failure) {
      if (project.peek()?.id !== id) return;
      project.value = null;
      problem.value = t("create.project.gone", { id, reason: problemOf(failure) });
    }
  };
  const pick = (picked: ProjectName | null): void => {
    project.value = picked;
    problem.value = "";
    if (picked !== null) void read(picked.id);
  };
  const asked = Number(place.value.query.get("projectId")) || undefined;
  useEffect(() => {
    const id = project.peek()?.id ?? asked;
    if (id !== undefined) pick(project.peek() ?? { id, name: t("project.number", { id }) });
  }, [asked]);
  return { found: found.value, problem: problem.value, pick };
}

/** The project of a new task, with whose labels it then is; or the labels of its own. */
export function LabelsPart({ project, subset, labels, error }: LabelsPartProps): JSX.Element {
  const { found, problem, pick } = useChosen(project);
  const isOwn = project.value === null;
  return (
    <>
      <div class="create-part">
        <h2>{t("create.project")}</h2>
        <div>
          <Picker
            class="wide"
            chosen={project.value}
            label={t("create.project")}
            none={t("create.project.none")}
            search={t("projects.search")}
            find={findProjects}
            nameOf={(each) => each.name}
            keyOf={(each) => each.id}
            onPick={pick}
          />
        </div>
        {problem !== "" && (
          <p class="field-error" role="alert">
            {problem}
          </p>
        )}
      </div>
      {!isOwn && <SubsetPart subset={subset} known={found?.task_subsets ?? []} />}
      <section class="create-part" aria-label={t("labels")}>
        <h2>{t("labels")}</h2>
        {isOwn ? (
          <DraftLabels labels={labels} error={labels.value.length === 0 ? error : undefined} />
        ) : found === undefined ? (
          <Waiting label={t("loading")} />
        ) : (
          <ProjectLabels project={found} />
        )}
      </section>
    </>
  );
}

function SubsetPart({ subset, known }: { subset: Signal<string>; known: readonly string[] }): JSX.Element {
  const listId = useId();
  return (
    <>
      <Field label={t("create.subset")} hint={t("create.subset.hint")}>
        {(control) => (
          <input
            {...control}
            type="text"
            list={listId}
            maxLength={SUBSET_LIMIT}
            value={subset.value}
            onInput={(event) => {
              subset.value = event.currentTarget.value;
            }}
          />
        )}
      </Field>
      <Offered id={listId} known={known} />
    </>
  );
}

const nothing = async (): Promise<void> => undefined;

/** What the task will have; it is changed in the project alone. */
function ProjectLabels({ project }: { project: WireProject }): JSX.Element {
  const isEmpty = project.labels.length === 0;
  return (
    <>
      <p class="quiet">
        {t(isEmpty ? "create.project.no-labels" : "create.project.labels")}{" "}
        <Link to={`/projects/${project.id}`}>{t("create.open-project")}</Link>
      </p>
      {!isEmpty && (
        <LabelEditor
          labels={project.labels.map(editedLabel)}
          readOnly
          onAdd={nothing}
          onChange={nothing}
          onRemove={nothing}
          onReplace={async () => false}
        />
      )}
    </>
  );
}
