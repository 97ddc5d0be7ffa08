/** Moving the open job on: handed over for review, reviewed, renewed. All that is unsaved is saved first. */

import { ApiError, Unreachable } from "../../api";
import { t } from "../../i18n";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import { go } from "../routes";
import { newCid } from "../workbench/editing";
import type { Person } from "../workbench/job";
import type { Workbench } from "../workbench/workbench";
import type { Draft, Kept } from "./drafts";
import type { Review } from "./review";
import { asPerson, isExpected } from "./threads";
import { type NewReview, patchJob, postReview, type Verdict } from "./wire";

/** What has been seen so far, for the reviewer to judge by. */
export interface Summary {
  readonly issues: number;
  readonly newIssues: number;
  readonly openIssues: number;
  readonly frames: number;
  readonly allFrames: number;
  readonly objects: number;
}

export function summaryOf({ bench, entries, drafts, store }: Review): Summary {
  const seen = new Set(store.kept.value.seen);
  const last = [...seen].reduce((most, frame) => Math.max(most, frame), Number.NEGATIVE_INFINITY);
  const objects = [...seen].reduce((sum, frame) => sum + bench.document.countOn(frame), 0);
  // A track goes on from where it begins, so it was seen on any later frame.
  const tracks = bench.sync.tracks.filter(({ frame }) => frame <= last).length;
  return {
    issues: entries.value.length,
    newIssues: drafts.value.length,
    openIssues: entries.value.filter(({ look }) => look === "open").length,
    frames: seen.size,
    allFrames: bench.navigation.size,
    objects: objects + tracks,
  };
}

/** The review as it is sent. */
export function reviewOf(
  jobId: number,
  verdict: Verdict,
  quality: number,
  next: Person | null,
  drafts: readonly Draft[],
): NewReview {
  return {
    job: jobId,
    status: verdict,
    estimated_quality: quality,
    ...(verdict === "review_further" && next !== null ? { reviewer_id: next.id } : {}),
    issue_set: drafts.map(({ frame, position, message }) => ({
      frame,
      position,
      comment_set: message.trim() === "" ? [] : [{ message: message.trim() }],
    })),
  };
}

/** Submit the review and go to the task. Answers what went wrong, undefined if nothing did; drafts stay then. */
export async function submitReview(
  review: Review,
  verdict: Verdict,
  quality: number,
  next: Person | null,
): Promise<string | undefined> {
  const { bench, store, user } = review;
  const unsaved = await saved(bench);
  if (unsaved !== undefined) return unsaved;
  const { drafts, flight: earlier } = store.kept.peek();
  const flight = earlier ?? { key: newCid(), drafts: drafts.map(({ key }) => key) };
  store.change((kept) => ({ ...kept, flight }));
  try {
    const body = reviewOf(bench.job.id, verdict, quality, next, drafts);
    await asPerson(user.id, () => postReview(body, flight.key));
    store.change((kept) =>
      landed(
        kept,
        drafts.map(({ key }) => key),
      ),
    );
  } catch (error) {
    if (!isExpected(error)) throw error;
    // 422: what was sent under this key before did arrive; it is not sent in other words once more.
    const arrived = error instanceof ApiError && error.status === 422;
    if (arrived) store.change((kept) => landed(kept, flight.drafts));
    else if (!mayHaveArrived(error)) store.change((kept) => ({ ...kept, flight: undefined }));
    if (!arrived) return error instanceof Unreachable ? t("review.unreachable") : problemOf(error);
  }
  review.asking.value = undefined;
  toast(t(`review.done.${verdict}`, { id: bench.job.id }), { tone: "good", key: "review" });
  await go(`/tasks/${bench.job.taskId}`);
  return undefined;
}

/** Without the drafts that arrived, and ready for the next review. */
function landed(kept: Kept, arrived: readonly string[]): Kept {
  const drafts = kept.drafts.filter(({ key }) => !arrived.includes(key));
  return { ...kept, drafts, seen: [], flight: undefined };
}

function mayHaveArrived(error: unknown): boolean {
  if (!(error instanceof ApiError)) return error instanceof Unreachable;
  return error.status >= 500 || error.status === 408;
}

/** Save all of the job; answers why that is not done yet. */
export async function saved(bench: Workbench): Promise<string | undefined> {
  await bench.sync.saveNow();
  return bench.sync.waiting.peek() > 0 ? t("review.unsaved") : undefined;
}

/** Open the job again, for annotation, and stay in it. */
export async function renewJob(review: Review): Promise<void> {
  const { bench } = review;
  try {
    await patchJob(bench.job.id, { status: "annotation" });
    bench.status.value = "annotation";
    bench.say("review.renewed", { id: bench.job.id });
  } catch (error) {
    if (!isExpected(error)) throw error;
    toast(problemOf(error), { tone: "danger", key: "review" });
  }
}
