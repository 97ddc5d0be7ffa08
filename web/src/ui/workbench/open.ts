/** From two numbers in an address to an open workbench. */

import { effect } from "@preact/signals";
import { loadPinyin, needsPinyin } from "../../core/label-search";
import type { Medium } from "../../frames/messages";
import { openTaskFrames } from "../../frames/task-frames";
import { canDecodeVideo } from "../../frames/video-chunks";
import { t } from "../../i18n";
import { askSignIn, noteUnreachable, reachable, session, type User } from "../../session";
import { journaledJobs } from "../../sync/journal";
import { openSync, type Sync } from "../../sync/sync";
import { toast } from "../kit/toast";
import { place } from "../routes";
import { type Job, readJob } from "./job";
import { Recorder } from "./recorder";
import { showToTests } from "./test-window";
import { Workbench } from "./workbench";

export interface Opened {
  readonly bench: Workbench;
  close(): void;
}

/** Fetch the job and open it, at the frame the address names. Raises ApiError, Unreachable. */
export async function openJob(taskId: number, jobId: number): Promise<Opened> {
  const openedAt = performance.now();
  const user = signedInUser();
  const syncing = openSync({ jobId, userId: user.id });
  const [read, synced] = await Promise.allSettled([readJob(taskId, jobId, user), syncing]);
  if (read.status === "rejected" || synced.status === "rejected") {
    if (synced.status === "fulfilled") synced.value.close();
    throw read.status === "rejected" ? read.reason : (synced as PromiseRejectedResult).reason;
  }
  const [job, sync] = [read.value, synced.value];
  const frames = openTaskFrames({
    taskId: job.taskId,
    medium: await mediumFor(job),
    chunkSize: job.chunkSize,
    sizeOf: job.frameAt,
    first: job.first,
    last: job.last,
  });
  const bench = new Workbench(job, sync, frames);
  const recorder = new Recorder(bench, openedAt);
  const closed = new AbortController();
  void bench.navigation.go(frameOfAddress() ?? bench.deleted.outermost("first")).then(() => {
    recorder.loaded();
    warmPinyin(job);
    void fetchReview(bench, user, closed.signal);
  });
  const hide = showToTests(bench);
  const stopAsking = askWhenSignedOut(sync);
  const stopTrying = saveWhenReached(sync);
  return {
    bench,
    close: () => {
      closed.abort();
      hide();
      stopAsking();
      stopTrying();
      recorder.close();
      bench.close();
      sync.close();
    },
  };
}

/** As what the frames are fetched here: a video's chunks as videos where they are, and this browser can decode them. */
async function mediumFor({ medium }: Job): Promise<Medium> {
  if (medium.name === "images" || medium.chunks === "imageset" || (await canDecodeVideo())) return medium;
  return { name: "video", chunks: "imageset" };
}

/** Fetch the code for issues and reviews, once the picture is there, and with it those of the job. */
async function fetchReview(bench: Workbench, user: User, closed: AbortSignal): Promise<void> {
  const fetched = await import("../review/open").catch(() => undefined);
  if (fetched === undefined) toast(t("review.unfetched"), { tone: "warn", stay: true });
  else await fetched.openReview(bench, user, closed);
}

/** Fetch what searches Chinese labels by pinyin, once the picture is there: the first search then finds all. */
function warmPinyin(job: Job): void {
  if (needsPinyin(job.labels)) void loadPinyin(job.labels).catch(() => undefined);
}

/** How many unsaved changes of the job lie in this browser's journal. */
export async function countKept(jobId: number): Promise<number> {
  const jobs = await journaledJobs(location.origin, signedInUser().id);
  return jobs.find((job) => job.jobId === jobId)?.count ?? 0;
}

function frameOfAddress(): number | undefined {
  const text = place.peek().query.get("frame") ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Have the person sign in over the page when the server knows them no more; their work waits meanwhile. */
function askWhenSignedOut(sync: Sync): () => void {
  return effect(() => {
    if (sync.state.value.name !== "signed-out") return;
    void askSignIn().then((isSignedIn) => {
      if (isSignedIn) sync.signedIn(signedInUser().id);
    });
  });
}

function signedInUser(): User {
  const now = session.peek();
  if (now.name !== "signed-in") throw new Error("a job is opened by people who are signed in");
  return now.user;
}

/** Ask every few seconds whether a silent server is back, and save as soon as it is: sooner than the next try. */
function saveWhenReached(sync: Sync): () => void {
  let wasOffline = false;
  return effect(() => {
    const isOffline = sync.state.value.name === "offline";
    const isReachable = reachable.value;
    const isNew = isOffline && !wasOffline;
    wasOffline = isOffline;
    if (isNew) noteUnreachable();
    else if (isOffline && isReachable) void sync.saveNow();
  });
}
