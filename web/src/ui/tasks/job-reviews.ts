/** What reviewers said of jobs: asked for job by job, only of those that have a reviewer, a few at a time. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { session } from "../../session";
import { mayAccessJob } from "../review/rights";
import { listIssues, listReviews, type Verdict, type WireIssue, type WireReview } from "../review/wire";
import { peopleOfJob } from "./job-people";
import type { JobRow, WireTask } from "./wire";

export interface JobReview {
  /** The last review; undefined: none is submitted yet. */
  readonly last:
    | { readonly verdict: Verdict; readonly quality: number; readonly reviewer: string | undefined }
    | undefined;
  readonly issues: number;
  readonly openIssues: number;
}

/** Requests at a time: those of a person who works must not wait for ours. */
const AT_ONCE = 3;

/** What is known by now, by job. A job whose status or reviewer changes is asked for anew. */
export function useJobReviews(task: WireTask, jobs: readonly JobRow[]): ReadonlyMap<number, JobReview> {
  const known = useSignal<ReadonlyMap<number, JobReview>>(new Map());
  const now = session.value;
  const reviewed = jobs.filter(
    (job) =>
      job.reviewer !== null && now.name === "signed-in" && mayAccessJob(now.user, peopleOfJob(task, job)),
  );
  const key = reviewed.map(({ id, status, reviewer }) => `${id} ${status} ${reviewer?.id}`).join();
  useEffect(() => {
    let isLeft = false;
    const waiting = reviewed.map(({ id }) => id);
    const work = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined && !isLeft; id = waiting.shift()) {
        const found = await readJobReview(id);
        if (found !== undefined && !isLeft) known.value = new Map(known.peek()).set(id, found);
      }
    };
    for (let each = 0; each < AT_ONCE; each += 1) void work();
    return () => {
      isLeft = true;
    };
  }, [key, known]);
  return known.value;
}

/** Undefined when it could not be had: the list then does without. */
async function readJobReview(jobId: number): Promise<JobReview | undefined> {
  try {
    return jobReviewOf(...(await Promise.all([listReviews(jobId), listIssues(jobId)])));
  } catch {
    return undefined;
  }
}

export function jobReviewOf(
  reviews: readonly Pick<WireReview, "status" | "estimated_quality" | "reviewer">[],
  issues: readonly Pick<WireIssue, "resolved_date">[],
): JobReview {
  const last = reviews.at(-1);
  return {
    last: last && {
      verdict: last.status,
      quality: last.estimated_quality,
      reviewer: last.reviewer?.username,
    },
    issues: issues.length,
    openIssues: issues.filter(({ resolved_date }) => resolved_date === null).length,
  };
}
