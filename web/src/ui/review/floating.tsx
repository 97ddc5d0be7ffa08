import type { JSX } from "preact";
import { go } from "../routes";
import { RequestDialog } from "./request-dialog";
import type { Review } from "./review";
import { saved } from "./submission";
import { SubmitDialog } from "./submit-dialog";
import { Thread } from "./thread";

/** What stands above the picture and the page: the open thread, the dialogs. */
export function Floating({ review }: { review: Review }): JSX.Element | null {
  const close = () => {
    review.asking.value = undefined;
  };
  const { job } = review.bench;
  switch (review.asking.value) {
    case "submit":
      return <SubmitDialog review={review} onClose={close} />;
    case "request":
      return (
        <RequestDialog
          jobId={job.id}
          reviewer={job.reviewer}
          before={() => saved(review.bench)}
          onDone={() => {
            close();
            void go(`/tasks/${job.taskId}`);
          }}
          onClose={close}
        />
      );
    default:
      return <Thread review={review} />;
  }
}
