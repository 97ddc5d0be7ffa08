/** Whose a job is, as far as the page knows: what decides the rights on it. */

import { knownProject } from "../projects/known";
import type { JobPeople } from "../review/rights";
import type { JobRow, WireTask } from "./wire";

export function peopleOfJob(task: WireTask, job: JobRow): JobPeople {
  const project = knownProject(task.project_id);
  return {
    assignee: job.assignee?.id,
    reviewer: job.reviewer?.id,
    taskAssignee: task.assignee?.id,
    owners: [task.owner?.id, project?.owner?.id],
    assignees: [task.assignee?.id, project?.assignee?.id],
  };
}
