/** Unsaved work of jobs whose page is open nowhere in this browser: it waits until somebody opens them. */

import { browserPlaces, discardJournal, type JournaledJob, journaledJobs, type Places } from "./journal";
import { jobLockName, type Meeting, TabLock } from "./tab-lock";

/** A person's work that was left behind. Jobs open in a tab are none: that tab saves them. */
export async function workLeftBehind(
  userId: number,
  places: Places = browserPlaces(),
  meeting?: Meeting,
): Promise<readonly JournaledJob[]> {
  const jobs = await journaledJobs(location.origin, userId, places);
  const taken = await Promise.all(jobs.map(({ jobId }) => isOpen(userId, jobId, meeting)));
  return jobs.filter((_, at) => !taken[at]);
}

/** Forget it, for good. */
export function discardWork(userId: number, jobId: number, places?: Places): Promise<void> {
  return discardJournal({ server: location.origin, userId, jobId }, places);
}

async function isOpen(userId: number, jobId: number, meeting?: Meeting): Promise<boolean> {
  const lock = new TabLock(jobLockName(userId, jobId), () => Promise.resolve(), meeting);
  const taken = await lock.isTaken();
  lock.close();
  return taken;
}
