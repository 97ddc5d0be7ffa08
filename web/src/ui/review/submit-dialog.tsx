import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../i18n";
import { number } from "../format";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { PersonPicker } from "../tasks/person-picker";
import type { Person } from "../workbench/job";
import { estimateQuality } from "./estimate";
import type { Review } from "./review";
import { StarField } from "./stars";
import { type Summary, submitReview, summaryOf } from "./submission";
import { VERDICTS, type Verdict } from "./wire";

/** What the reviewer found, what it is worth, and what becomes of the job. */
export function SubmitDialog({ review, onClose }: { review: Review; onClose: () => void }): JSX.Element {
  const summary = summaryOf(review);
  const estimate = estimateQuality(summary.objects, summary.newIssues);
  const rated = useSignal<number | undefined>(undefined);
  const isFlawed = summary.newIssues + summary.openIssues > 0;
  const verdict = useSignal<Verdict>(isFlawed ? "rejected" : "accepted");
  const next = useSignal<Person | null>(null);
  const problem = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const quality = rated.value ?? estimate;
  const submit = async (): Promise<void> => {
    if (verdict.value === "review_further" && next.value === null) {
      problem.value = t("review.next.missing");
      return;
    }
    busy.value = true;
    problem.value = await submitReview(review, verdict.value, quality, next.value);
    busy.value = false;
  };
  return (
    <Dialog
      title={t("review.submit.title", { id: review.bench.job.id })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button tone="primary" busy={busy.value} autofocus onClick={() => void submit()}>
            {t(`review.verdict.${verdict.value}.do`)}
          </Button>
        </>
      }
    >
      <Figures summary={summary} />
      <div class="review-quality">
        <span>{t("review.quality")}</span>
        <StarField
          value={quality}
          chosen={rated.value}
          onPick={(stars) => {
            rated.value = stars;
          }}
        />
        <output>{number(quality, 1)}</output>
        {rated.value === undefined ? (
          <span class="quiet">{t("review.estimated")}</span>
        ) : (
          <Button
            tone="quiet"
            onClick={() => {
              rated.value = undefined;
            }}
          >
            {t("review.use-estimate", { estimate: number(estimate, 1) })}
          </Button>
        )}
      </div>
      <Verdicts
        verdict={verdict.value}
        onPick={(picked) => {
          verdict.value = picked;
          problem.value = undefined;
        }}
        next={next.value}
        onNext={(person) => {
          next.value = person;
          problem.value = undefined;
        }}
      />
      {verdict.value === "accepted" && isFlawed && <p class="quiet">{t("review.accept-open")}</p>}
      <p class="form-problem" role="alert">
        {problem.value}
      </p>
    </Dialog>
  );
}

function Figures({ summary }: { summary: Summary }): JSX.Element {
  const { issues, newIssues, openIssues, frames, allFrames, objects } = summary;
  const rows: readonly (readonly [string, string])[] = [
    [t("review.figure.issues"), t("review.figure.issues.value", { count: issues, new: newIssues })],
    [t("review.figure.open"), number(openIssues)],
    [t("review.figure.frames"), t("review.position", { at: frames, size: allFrames })],
    [t("review.figure.objects"), number(objects)],
  ];
  return (
    <dl class="review-figures">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface VerdictsProps {
  readonly verdict: Verdict;
  readonly onPick: (verdict: Verdict) => void;
  readonly next: Person | null;
  readonly onNext: (person: Person | null) => void;
}

function Verdicts({ verdict, onPick, next, onNext }: VerdictsProps): JSX.Element {
  const name = useId();
  return (
    <fieldset class="review-verdicts">
      <legend>{t("review.verdict")}</legend>
      {VERDICTS.map((each) => (
        <label key={each}>
          <input
            type="radio"
            name={name}
            value={each}
            checked={verdict === each}
            onChange={() => onPick(each)}
          />
          <span>
            <strong>{t(`review.verdict.${each}`)}</strong>
            <span class="quiet">{t(`review.verdict.${each}.hint`)}</span>
          </span>
        </label>
      ))}
      {verdict === "review_further" && (
        <div class="review-person">
          <span>{t("review.next")}</span>
          <PersonPicker person={next} label={t("review.next")} onPick={async (person) => onNext(person)} />
        </div>
      )}
    </fieldset>
  );
}
