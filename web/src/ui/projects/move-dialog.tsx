import "../labels/labels.css";
import "./projects.css";
import { type Signal, useSignal } from "@preact/signals";
import { ArrowRight, TriangleAlert } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { WireLabel } from "../../core/model";
import { t } from "../../i18n";
import { callSignedIn, session } from "../../session";
import { counted } from "../format";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Form } from "../kit/field";
import { Icon } from "../kit/icon";
import { Picker } from "../kit/picker";
import { Waiting } from "../kit/progress";
import { toast } from "../kit/toast";
import { editedLabel, labelToWire } from "../labels/model";
import { problemOf } from "../problem";
import type { WireTask } from "../tasks/wire";
import { noteProject } from "./known";
import {
  losesAttributes,
  type Mapping,
  mappingToWire,
  newOnes,
  settled,
  suggestMapping,
  unmapped,
} from "./mapping";
import { countObjects } from "./objects";
import {
  findProjects,
  mayChangeProject,
  type ProjectName,
  patchProject,
  readProject,
  type WireProject,
} from "./wire";

export interface MoveDialogProps {
  readonly task: WireTask;
  readonly onClose: () => void;
  readonly onMoved: () => void;
}

/** The project chosen, what becomes of each label there, and the move itself. */
function useMove({ task, onClose, onMoved }: MoveDialogProps) {
  const chosen = useSignal<ProjectName | null>(null);
  const project = useSignal<WireProject | undefined>(undefined);
  const mapping = useSignal<Mapping>(new Map());
  const problem = useSignal("");
  const busy = useSignal(false);
  const pick = async (picked: ProjectName | null): Promise<void> => {
    chosen.value = picked;
    project.value = undefined;
    problem.value = "";
    if (picked === null) return;
    const found = await readProject(picked.id);
    if (chosen.peek()?.id !== picked.id) return;
    mapping.value = suggestMapping(task.labels, found.labels);
    project.value = found;
  };
  const send = async (to: WireProject): Promise<void> => {
    const added = newOnes(task.labels, mapping.value);
    if (added.length > 0) {
      project.value = await addLabels(to, added);
      // Should the move fail, they are there all the same, and are not added again.
      mapping.value = settled(task.labels, mapping.value);
    }
    const body = { project_id: to.id, labels: mappingToWire(task.labels, mapping.value) };
    await callSignedIn("PATCH", `/tasks/${task.id}`, { body });
  };
  const move = async (): Promise<void> => {
    const to = project.value;
    problem.value = problemBefore(task, to, mapping.value);
    if (to === undefined || problem.value !== "") return;
    busy.value = true;
    try {
      await send(to);
      toast(t("move.done", { name: task.name, project: to.name }), { tone: "good" });
      onClose();
      onMoved();
    } catch (error) {
      problem.value = problemOf(error);
    } finally {
      busy.value = false;
    }
  };
  return { chosen, project, mapping, problem, busy, pick, move };
}

/** Chooses the project a task goes into, and what its labels are called there. */
export function MoveDialog(props: MoveDialogProps): JSX.Element {
  const { task, onClose } = props;
  const { chosen, project, mapping, problem, busy, pick, move } = useMove(props);
  return (
    <Dialog title={t("move.title", { name: task.name })} onClose={onClose}>
      <Form onSubmit={() => void move()}>
        <p>{t("move.text")}</p>
        <div>
          <Picker
            class="wide"
            labelled
            chosen={chosen.value}
            label={t("task.project")}
            none={t("move.choose")}
            search={t("projects.search")}
            find={async (text, signal) =>
              (await findProjects(text, signal)).filter(({ id }) => id !== task.project_id)
            }
            nameOf={(each) => each.name}
            keyOf={(each) => each.id}
            onPick={pick}
          />
        </div>
        {chosen.value !== null && project.value === undefined && <Waiting label={t("loading")} />}
        {project.value !== undefined && <Labels task={task} project={project.value} mapping={mapping} />}
        <p class="form-problem" role="alert">
          {problem.value}
        </p>
        <div class="form-actions">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" tone="primary" busy={busy.value}>
            {t("move.action")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function problemBefore(task: WireTask, project: WireProject | undefined, mapping: Mapping): string {
  if (project === undefined) return t("move.no-project");
  const [open] = unmapped(task.labels, mapping);
  return open === undefined ? "" : t("move.unmapped", { name: open.name });
}

/** Give the project labels like those of the task. */
async function addLabels(project: WireProject, added: readonly WireLabel[]): Promise<WireProject> {
  const labels = added.map((label) => labelToWire(withoutIds(label)));
  const changed = await patchProject(project.id, { labels });
  noteProject(changed);
  return changed;
}

function withoutIds(label: WireLabel): ReturnType<typeof editedLabel> {
  const edited = editedLabel(label);
  return {
    ...edited,
    id: undefined,
    attributes: edited.attributes.map((each) => ({ ...each, id: undefined })),
  };
}

interface LabelsProps {
  readonly task: WireTask;
  readonly project: WireProject;
  readonly mapping: Signal<Mapping>;
}

/** Each label of the task, with how many objects it has, and the label of the project that they get. */
function Labels({ task, project, mapping }: LabelsProps): JSX.Element {
  const objects = useSignal<ReadonlyMap<number, number> | undefined>(undefined);
  useEffect(() => {
    void countObjects({ name: "task", id: task.id }).then((found) => {
      objects.value = found;
    });
  }, [task.id, objects]);
  const now = session.value;
  const mayAdd = now.name === "signed-in" && mayChangeProject(now.user, project);
  if (task.labels.length === 0) return <p class="quiet">{t("move.no-labels")}</p>;
  return (
    <>
      <table class="mapping">
        <thead>
          <tr>
            <th>{t("move.from")}</th>
            <td />
            <th>{t("move.to")}</th>
          </tr>
        </thead>
        <tbody>
          {task.labels.map((label) => (
            <tr key={label.id}>
              <td>
                <span class="mapping-label">
                  <i class="label-swatch" style={{ background: label.color }} />
                  <bdi>{label.name}</bdi>
                </span>
                {objects.value !== undefined && (
                  <span class="quiet">{counted("objects.count", objects.value.get(label.id) ?? 0)}</span>
                )}
              </td>
              <td aria-hidden="true">
                <Icon icon={ArrowRight} size={14} />
              </td>
              <td>
                <TargetChoice label={label} project={project} mapping={mapping} mayAdd={mayAdd} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {losesAttributes(task.labels) && (
        <p class="warning">
          <Icon icon={TriangleAlert} />
          {t("move.attributes")}
        </p>
      )}
    </>
  );
}

const NEW = "new";

function TargetChoice({
  label,
  project,
  mapping,
  mayAdd,
}: Omit<LabelsProps, "task"> & { label: WireLabel; mayAdd: boolean }): JSX.Element {
  const target = mapping.value.get(label.id);
  // The name of a label stands behind a mark: one of them may be called "new".
  const value = target === undefined ? "" : target.name === "new" ? NEW : `=${target.label}`;
  const isFree = !project.labels.some((each) => each.name === label.name);
  return (
    <select
      aria-label={t("move.target", { name: label.name })}
      class={value === "" ? "open" : ""}
      value={value}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        mapping.value = new Map(mapping.value).set(
          label.id,
          chosen === ""
            ? undefined
            : chosen === NEW
              ? { name: "new" }
              : { name: "label", label: chosen.slice(1) },
        );
      }}
    >
      <option value="">{t("move.target.none")}</option>
      {project.labels.map((each) => (
        <option key={each.id} value={`=${each.name}`}>
          {each.name}
        </option>
      ))}
      {mayAdd && isFree && <option value={NEW}>{t("move.target.new", { name: label.name })}</option>}
    </select>
  );
}
