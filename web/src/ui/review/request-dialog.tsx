import { useSignal } from "@preact/signals";
import { Send } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import { PersonPicker } from "../tasks/person-picker";
import type { Person } from "../workbench/job";
import "./review.css";
import "./texts";
import { patchJob } from "./wire";

export interface RequestDialogProps {
  readonly jobId: number;
  /** Who reviewed it before, or is to. */
  readonly reviewer: Person | null;
  /** What must be done first; answers why it could not be. */
  readonly before?: () => Promise<string | undefined>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Hands a job over to its reviewer: whoever is chosen, and the status, in one request. */
export function RequestDialog({ jobId, reviewer, before, onDone, onClose }: RequestDialogProps): JSX.Element {
  const chosen = useSignal<Person | null>(reviewer);
  const problem = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const request = async (person: Person): Promise<void> => {
    busy.value = true;
    problem.value = await before?.();
    if (problem.value === undefined) {
      try {
        await patchJob(jobId, { status: "validation", reviewer_id: person.id });
        toast(t("review.requested", { id: jobId, name: person.username }), { tone: "good", key: "review" });
        onDone();
      } catch (error) {
        problem.value = problemOf(error);
      }
    }
    busy.value = false;
  };
  const person = chosen.value;
  return (
    <Dialog
      title={t("review.request.title", { id: jobId })}
      size="small"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button
            tone="primary"
            icon={Send}
            busy={busy.value}
            disabled={person === null}
            autofocus={reviewer !== null}
            onClick={() => person !== null && void request(person)}
          >
            {t("review.request.send")}
          </Button>
        </>
      }
    >
      <p>{t("review.request.text")}</p>
      <div class="review-person">
        <span>{t("review.reviewer")}</span>
        <PersonPicker
          person={person}
          label={t("review.reviewer")}
          onPick={async (each) => {
            chosen.value = each;
          }}
        />
      </div>
      <p class="form-problem" role="alert">
        {problem.value}
      </p>
    </Dialog>
  );
}
