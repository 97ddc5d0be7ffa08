/** Who may do what with a job and its issues: the server's rules (API contract, 7), so that nothing is offered in vain. */

import type { User } from "../../session";
import type { JobStatus } from "../workbench/job";

type Id = number | null | undefined;

/** Whose a job is, by id. `owners` and `assignees` are those of its task and of the task's project. */
export interface JobPeople {
  readonly assignee: Id;
  readonly reviewer: Id;
  readonly taskAssignee: Id;
  readonly owners: readonly Id[];
  readonly assignees: readonly Id[];
}

/** A task that nobody is assigned to is anybody's. A server may be set otherwise, and then it refuses. */
function mayWork(user: User, people: JobPeople, status: JobStatus): boolean {
  return (
    people.taskAssignee == null ||
    people.assignees.includes(user.id) ||
    (people.assignee === user.id && status === "annotation") ||
    (people.reviewer === user.id && status === "validation")
  );
}

/** See it, its issues and its reviews. */
export function mayAccessJob(user: User, people: JobPeople): boolean {
  const annotates = people.taskAssignee == null || people.assignees.includes(user.id);
  const own = people.assignee === user.id || people.reviewer === user.id;
  return user.seesAll || people.owners.includes(user.id) || annotates || own;
}

/** Change its status, its people and its annotations. */
export function mayChangeJob(user: User, people: JobPeople, status: JobStatus): boolean {
  return user.isAdmin || people.owners.includes(user.id) || mayWork(user, people, status);
}

/** Submit a review of it: its reviewer while it is theirs to work on; not the task's owner. */
export function mayReviewJob(user: User, people: JobPeople, status: JobStatus): boolean {
  return user.isAdmin || (people.reviewer === user.id && mayWork(user, people, status));
}

/** Change or delete what somebody wrote. */
export function mayChangeOwn(user: User, writer: Id): boolean {
  return user.isAdmin || writer === user.id;
}
