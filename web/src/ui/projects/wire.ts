/** Projects as API v1 tells of them. */

import type { WireLabel } from "../../core/model";
import { callSignedIn, type User } from "../../session";
import type { Status, WirePerson } from "../tasks/wire";

export interface WireProject {
  readonly id: number;
  readonly name: string;
  readonly labels: readonly WireLabel[];
  /** The ids of its tasks, oldest first. */
  readonly tasks: readonly number[];
  readonly owner: WirePerson | null;
  readonly assignee: WirePerson | null;
  readonly bug_tracker: string;
  readonly created_date: string;
  readonly updated_date: string;
  readonly status: Status;
  /** The subsets its tasks are in. */
  readonly task_subsets: readonly string[];
}

/** A project as a list to choose from shows it. */
export interface ProjectName {
  readonly id: number;
  readonly name: string;
}

/** Tasks are told by their ids: a project may have thousands. */
const SHORT = { without_tasks: "true" } as const;

export const readProject = (id: number, signal?: AbortSignal): Promise<WireProject> =>
  callSignedIn<WireProject>("GET", `/projects/${id}`, {
    query: SHORT,
    ...(signal === undefined ? {} : { signal }),
  });

/** The answer tells of the tasks in full; their ids are all that is kept. */
type FullProject = Omit<WireProject, "tasks"> & { readonly tasks: readonly { readonly id: number }[] };

const shortened = (project: FullProject): WireProject => ({
  ...project,
  tasks: project.tasks.map(({ id }) => id),
});

export async function patchProject(id: number, body: Record<string, unknown>): Promise<WireProject> {
  return shortened(await callSignedIn<FullProject>("PATCH", `/projects/${id}`, { body }));
}

export async function createProject(body: Record<string, unknown>): Promise<WireProject> {
  return shortened(await callSignedIn<FullProject>("POST", "/projects", { body }));
}

export interface ProjectPage {
  readonly count: number;
  readonly results: readonly WireProject[];
}

export const listProjects = (
  query: Readonly<Record<string, string | number | undefined>>,
  signal: AbortSignal,
): Promise<ProjectPage> =>
  callSignedIn<ProjectPage>("GET", "/projects", { query: { ...query, ...SHORT }, signal });

/** Projects whose names hold `text`, the first ten. */
export async function findProjects(text: string, signal: AbortSignal): Promise<readonly ProjectName[]> {
  const query = { names_only: "true", name: text || undefined, ordering: "name" };
  return (await callSignedIn<{ results: readonly ProjectName[] }>("GET", "/projects", { query, signal }))
    .results;
}

/** Whether the person may change a project: its name, its labels, its people (API contract, 7). */
export function mayChangeProject(user: User, project: Pick<WireProject, "owner" | "assignee">): boolean {
  return user.isAdmin || [project.owner?.id, project.assignee?.id].includes(user.id);
}

export function mayDeleteProject(user: User, project: Pick<WireProject, "owner">): boolean {
  return user.isAdmin || project.owner?.id === user.id;
}
