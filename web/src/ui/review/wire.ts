/** Issues, comments and reviews as API v1 tells of them, and the requests about them. All raise ApiError, Unreachable. */

import { callSignedIn } from "../../session";
import type { JobStatus, Person } from "../workbench/job";

export interface WireComment {
  readonly id: number;
  readonly author: Person | null;
  readonly message: string;
  readonly created_date: string;
  readonly updated_date: string;
}

export interface WireIssue {
  readonly id: number;
  readonly owner: Person | null;
  readonly resolver: Person | null;
  readonly position: readonly number[];
  readonly comment_set: readonly WireComment[];
  readonly frame: number;
  readonly created_date: string;
  readonly resolved_date: string | null;
}

export const VERDICTS = ["accepted", "review_further", "rejected"] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface WireReview {
  readonly id: number;
  readonly reviewer: Person | null;
  readonly estimated_quality: number;
  readonly status: Verdict;
}

/** A review to be submitted. */
export interface NewReview {
  readonly job: number;
  readonly status: Verdict;
  readonly estimated_quality: number;
  readonly reviewer_id?: number;
  readonly issue_set: readonly {
    readonly frame: number;
    readonly position: readonly number[];
    readonly comment_set: readonly { readonly message: string }[];
  }[];
}

const keyed = (key: string) => ({ headers: { "Idempotency-Key": key } });

export const listIssues = (jobId: number): Promise<readonly WireIssue[]> =>
  callSignedIn("GET", `/jobs/${jobId}/issues`);

export const listReviews = (jobId: number): Promise<readonly WireReview[]> =>
  callSignedIn("GET", `/jobs/${jobId}/reviews`);

/** `key` makes a retry the same review. */
export const postReview = (review: NewReview, key: string): Promise<unknown> =>
  callSignedIn("POST", "/reviews", { body: review, ...keyed(key) });

/** Resolve the issue in the caller's name, or open it again. The answer has no comments. */
export const patchIssue = (
  id: number,
  resolver: number | null,
): Promise<Pick<WireIssue, "resolver" | "resolved_date">> =>
  callSignedIn("PATCH", `/issues/${id}`, { body: { resolver_id: resolver } });

export const deleteIssue = (id: number): Promise<unknown> => callSignedIn("DELETE", `/issues/${id}`);

/** `key` makes a retry the same comment. */
export const postComment = (issue: number, message: string, key: string): Promise<WireComment> =>
  callSignedIn("POST", "/comments", { body: { issue, message }, ...keyed(key) });

export const patchComment = (id: number, message: string): Promise<WireComment> =>
  callSignedIn("PATCH", `/comments/${id}`, { body: { message } });

export const deleteComment = (id: number): Promise<unknown> => callSignedIn("DELETE", `/comments/${id}`);

/** Move a job on, with its reviewer or without. */
export const patchJob = (
  id: number,
  change: {
    readonly status?: JobStatus;
    readonly reviewer_id?: number | null;
    readonly assignee_id?: number | null;
  },
): Promise<unknown> => callSignedIn("PATCH", `/jobs/${id}`, { body: change });
