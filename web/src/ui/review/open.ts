/** From an open workbench to the issues of its job. */

import { signal } from "@preact/signals";
import "./review.css";
import "./texts";
import { callSignedIn, type User } from "../../session";
import type { Job, Person } from "../workbench/job";
import type { Workbench } from "../workbench/workbench";
import { Floating } from "./floating";
import { showJobMenu } from "./job-menu";
import { Panel } from "./panel";
import { Review } from "./review";
import { type JobPeople, mayChangeJob } from "./rights";

/** Give `bench` the issues and the review of its job, until it is closed. */
export async function openReview(bench: Workbench, user: User, closed: AbortSignal): Promise<void> {
  const people = await peopleOf(bench.job, user);
  if (closed.aborted) return;
  const review = new Review(bench, user, signal(people), { Panel, Floating, showJobMenu });
  bench.review.value = review;
  closed.addEventListener("abort", () => {
    bench.review.value = undefined;
    review.end();
  });
  await review.reload();
  review.welcome();
}

/** Whose the job is. Those of its project are asked for only when they could make a difference. */
async function peopleOf({ task, assignee, reviewer, status }: Job, user: User): Promise<JobPeople> {
  const known: JobPeople = {
    assignee: assignee?.id,
    reviewer: reviewer?.id,
    taskAssignee: task.assigneeId,
    owners: [task.ownerId],
    assignees: [task.assigneeId],
  };
  if (task.projectId === null || mayChangeJob(user, known, status)) return known;
  try {
    const project = await callSignedIn<{ owner: Person | null; assignee: Person | null }>(
      "GET",
      `/projects/${task.projectId}`,
    );
    return {
      ...known,
      owners: [task.ownerId, project.owner?.id],
      assignees: [task.assigneeId, project.assignee?.id],
    };
  } catch {
    return known; // Whoever may not see the project is neither its owner nor its assignee.
  }
}
