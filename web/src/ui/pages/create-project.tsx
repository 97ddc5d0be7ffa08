import "./create-task.css";
import "./task.css";
import { useSignal } from "@preact/signals";
import { Lock } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { session } from "../../session";
import { Button } from "../kit/button";
import { confirm } from "../kit/confirm";
import { Empty } from "../kit/empty";
import { Form, focusInvalid, TextField } from "../kit/field";
import { DraftLabels } from "../labels/draft-labels";
import { type EditedLabel, labelToWire } from "../labels/model";
import { problemOf } from "../problem";
import { createProject } from "../projects/wire";
import { go, guardLeaving } from "../routes";
import { PersonPicker } from "../tasks/person-picker";
import { isWebAddress } from "../tasks/task-menu";
import type { WirePerson } from "../tasks/wire";

const NAME_LIMIT = 256;

/** A new project: its name, its labels, its people. */
export function CreateProject(): JSX.Element {
  const now = session.value;
  if (now.name === "signed-in" && !now.user.mayCreateTasks)
    return (
      <Empty icon={Lock} title={t("create-project.forbidden")}>
        {t("create.forbidden.hint")}
      </Empty>
    );
  return <CreateForm />;
}

function useDraft() {
  const name = useSignal("");
  const labels = useSignal<readonly EditedLabel[]>([]);
  const assignee = useSignal<WirePerson | null>(null);
  const tracker = useSignal("");
  const problems = useSignal<{ name?: string; tracker?: string; all?: string }>({});
  const busy = useSignal(false);
  const made = useRef(false);
  const hasWork = (): boolean => !made.current && (name.peek().trim() !== "" || labels.peek().length > 0);
  const asked = useRef(hasWork);
  asked.current = hasWork;
  useEffect(() => guardLeaving({ hasWork: () => asked.current(), mayLeave: askDiscard }), []);
  const create = async (): Promise<void> => {
    const address = tracker.value.trim();
    problems.value = {
      ...(name.value.trim() === "" ? { name: t("field.required") } : {}),
      ...(address !== "" && !isWebAddress(address) ? { tracker: t("advanced.problem.address") } : {}),
    };
    if (Object.keys(problems.value).length > 0) return focusInvalid();
    busy.value = true;
    try {
      const project = await createProject({
        name: name.value.trim(),
        labels: labels.value.map(labelToWire),
        assignee_id: assignee.value?.id ?? null,
        bug_tracker: address,
      });
      made.current = true;
      await go(`/projects/${project.id}`, { replace: true });
    } catch (error) {
      problems.value = { all: problemOf(error) };
    } finally {
      busy.value = false;
    }
  };
  return { name, labels, assignee, tracker, problems, busy, create };
}

const askDiscard = (): Promise<boolean> =>
  confirm({
    title: t("create-project.leave.title"),
    body: <p>{t("create-project.leave.text")}</p>,
    action: t("create-project.leave"),
    cancel: t("create-project.stay"),
    tone: "danger",
  });

function CreateForm(): JSX.Element {
  const { name, labels, assignee, tracker, problems, busy, create } = useDraft();
  return (
    <Form class="create" onSubmit={() => void create()}>
      <div class="page-head">
        <h1>{t("projects.create")}</h1>
      </div>
      <fieldset class="create-fields" disabled={busy.value}>
        <TextField
          label={t("create-project.name")}
          value={name.value}
          autofocus
          maxLength={NAME_LIMIT}
          error={problems.value.name}
          onInput={(value) => {
            name.value = value;
            problems.value = {};
          }}
        />
        <section class="create-part" aria-label={t("labels")}>
          <h2>{t("labels")}</h2>
          <p class="quiet">{t("create-project.labels.hint")}</p>
          <DraftLabels labels={labels} />
        </section>
        <div class="create-part">
          <h2>{t("task.assignee")}</h2>
          <div>
            <PersonPicker
              person={assignee.value}
              label={t("task.assignee")}
              onPick={async (person) => {
                assignee.value = person;
              }}
            />
          </div>
        </div>
        <TextField
          label={t("advanced.bug-tracker")}
          type="url"
          hint={t("advanced.bug-tracker.hint")}
          placeholder="https://"
          value={tracker.value}
          error={problems.value.tracker}
          onInput={(value) => {
            tracker.value = value;
            problems.value = {};
          }}
        />
      </fieldset>
      <p class="form-problem" role="alert">
        {problems.value.all}
      </p>
      <div class="form-actions">
        <Button onClick={() => void go("/projects")}>{t("cancel")}</Button>
        <Button type="submit" tone="primary" busy={busy.value}>
          {t("create-project.start")}
        </Button>
      </div>
    </Form>
  );
}
