/** Whose work, on what and when: all of it stands in the address. */

import "../listing/listing.css";
import { X } from "lucide";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { ApiError, call } from "../../api";
import { t } from "../../i18n";
import { callSignedIn, type User } from "../../session";
import { Icon } from "../kit/icon";
import { Picker } from "../kit/picker";
import { findProjects } from "../projects/wire";
import { useResource } from "../resource";
import { setQuery } from "../routes";
import { findPeople } from "../tasks/person-picker";
import { dayOf, dayText, PRESETS, presetQuery, type Span } from "./days";
import { userQuery } from "./figures";
import type { Scope } from "./wire";

interface Named {
  readonly id: number;
  readonly name: string;
}

export interface WorkFiltersProps {
  readonly me: User;
  readonly scope: Scope;
  readonly span: Span;
  /** Whether there is anybody else's work to choose. */
  readonly maySeeOthers: boolean;
}

export function WorkFilters({ me, scope, span, maySeeOthers }: WorkFiltersProps): JSX.Element {
  const names = useNames(scope, me);
  const chosen = (kind: "project" | "task" | "user"): Named | null => {
    const id = scope[kind];
    return id === undefined ? null : { id, name: names[kind] ?? `#${id}` };
  };
  return (
    <search class="work-filters">
      <SpanChoice span={span} />
      {maySeeOthers && (
        <Picker
          labelled
          chosen={chosen("user")}
          label={t("statistics.person")}
          none={t("statistics.everybody")}
          search={t("person.search")}
          find={async (text, signal) =>
            withMe(await findPeople(text, signal), text, me).map(nameOfPerson(me))
          }
          nameOf={({ name }) => name}
          keyOf={({ id }) => id}
          onPick={(person) => setQuery({ user: userQuery(person?.id, scope, me.id) })}
        />
      )}
      <Picker
        labelled
        chosen={chosen("project")}
        label={t("statistics.project")}
        none={t("statistics.any")}
        search={t("statistics.project.search")}
        find={findProjects}
        nameOf={({ name }) => name}
        keyOf={({ id }) => id}
        onPick={(project) => setQuery({ project: project?.id, task: undefined, job: undefined })}
      />
      <Picker
        labelled
        chosen={chosen("task")}
        label={t("statistics.task")}
        none={t("statistics.any")}
        search={t("statistics.task.search")}
        find={(text, signal) => findTasks(text, scope.project, signal)}
        nameOf={({ name }) => name}
        keyOf={({ id }) => id}
        onPick={(task) => setQuery({ task: task?.id, job: undefined })}
      />
      {scope.job !== undefined && (
        <button type="button" class="button work-job" onClick={() => setQuery({ job: undefined })}>
          {t("job.number", { id: scope.job })}
          <Icon icon={X} size={14} />
          <span class="unseen">{t("statistics.job.clear")}</span>
        </button>
      )}
    </search>
  );
}

/** The last so many days, or days from a calendar. */
function SpanChoice({ span }: { span: Span }): JSX.Element {
  const name = useId();
  const own = { from: dayText(span.first), to: dayText(span.last), days: undefined };
  const pick = (end: "from" | "to", text: string): void => {
    if (dayOf(text) !== undefined) setQuery({ ...own, [end]: text });
  };
  return (
    <>
      <fieldset class="segments">
        <legend class="unseen">{t("statistics.span")}</legend>
        {PRESETS.map((preset) => (
          <label key={preset}>
            <input
              type="radio"
              name={name}
              class="unseen"
              checked={span.preset === preset}
              onChange={() => setQuery(presetQuery(preset))}
            />
            <span>{t("statistics.span.days", { count: preset })}</span>
          </label>
        ))}
        <label>
          <input
            type="radio"
            name={name}
            class="unseen"
            checked={span.preset === undefined}
            onChange={() => setQuery(own)}
          />
          <span>{t("statistics.span.own")}</span>
        </label>
      </fieldset>
      {span.preset === undefined && (
        <span class="work-days">
          <input
            type="date"
            aria-label={t("statistics.from")}
            value={own.from}
            max={own.to}
            onChange={(event) => pick("from", event.currentTarget.value)}
          />
          <span aria-hidden="true">–</span>
          <input
            type="date"
            aria-label={t("statistics.to")}
            value={own.to}
            min={own.from}
            onChange={(event) => pick("to", event.currentTarget.value)}
          />
        </span>
      )}
    </>
  );
}

interface Person {
  readonly id: number;
  readonly username: string;
}

const nameOfPerson =
  (me: User) =>
  ({ id, username }: Person): Named => ({
    id,
    name: id === me.id ? t("statistics.me", { name: username }) : username,
  });

/** The people found, oneself first. */
function withMe(people: readonly Person[], text: string, me: User): readonly Person[] {
  const others = people.filter(({ id }) => id !== me.id);
  return others.length < people.length || text === "" ? [me, ...others] : people;
}

/** Tasks whose names hold `text`, of a project if there is one, the newest ten. */
async function findTasks(
  text: string,
  project: number | undefined,
  signal: AbortSignal,
): Promise<readonly Named[]> {
  const query = { name: text || undefined, project_id: project };
  return (await callSignedIn<{ results: readonly Named[] }>("GET", "/tasks", { query, signal })).results;
}

type Names = Partial<Record<"project" | "task" | "user", string>>;

/** What the chosen ones are called; what cannot be had keeps its number. */
function useNames({ project, task, user }: Scope, me: User): Names {
  const { state } = useResource(`${project} ${task} ${user}`, async (signal): Promise<Names> => {
    const [projectName, taskName, userName] = await Promise.all([
      project && readName(`/projects/${project}`, { names_only: "true" }, signal),
      task && readName(`/tasks/${task}`, {}, signal),
      user && user !== me.id && readName(`/users/${user}`, {}, signal),
    ]);
    return {
      ...(projectName ? { project: projectName } : {}),
      ...(taskName ? { task: taskName } : {}),
      ...(userName ? { user: userName } : {}),
    };
  });
  const names = state.name === "ready" ? state.value : {};
  return user === me.id ? { ...names, user: t("statistics.me", { name: me.username }) } : names;
}

async function readName(
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const found = await call<{ name?: string; username?: string }>("GET", path, { query, signal });
    return found.name ?? found.username;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
}
