/** What comes next for an open job, and is offered first: what the button at the top and Ctrl+Enter do. */

import { finishJob } from "./finish";
import type { Workbench } from "./workbench";

/** Hand in the review; open it again; give it back to whoever reviews it; or be done with it. */
export type NextStep = "submit" | "renew" | "request" | "finish";

export function nextStep({ review, status, job }: Workbench): NextStep {
  if (review.value?.isOn.value) return "submit";
  if (status.value === "completed") return "renew";
  const goesToReview = status.value === "annotation" && job.reviewer !== null;
  return goesToReview && job.reviewer.id !== review.value?.user.id ? "request" : "finish";
}

/** Whether the person may take the step now. */
export function mayStep(bench: Workbench): boolean {
  const step = nextStep(bench);
  const review = bench.review.value;
  if (step === "submit") return true;
  if (review === undefined) return step === "finish" && !bench.sync.readOnly.value;
  return review.mayChange.value && !bench.sync.readOnly.value;
}

export function takeStep(bench: Workbench): void {
  const step = nextStep(bench);
  const review = bench.review.value;
  if (step === "finish") finishJob(bench);
  else if (step === "renew") review?.renew();
  else review?.ask(step);
}
