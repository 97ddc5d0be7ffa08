/** The issues of a job, in the order of its frames. */

import {
  ChevronDown,
  ChevronUp,
  CircleCheck,
  CircleDashed,
  CircleDot,
  MessageSquare,
  MessageSquarePlus,
  RefreshCw,
} from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { age } from "../format";
import { Button, IconButton } from "../kit/button";
import { Icon, type IconNode } from "../kit/icon";
import { isComposing } from "../kit/keys";
import { tip } from "../kit/tooltip";
import { shownKey } from "../workbench/key-names";
import type { Entry } from "./order";
import type { Review } from "./review";

const LOOKS: Readonly<Record<Entry["look"], IconNode>> = {
  draft: CircleDashed,
  open: CircleDot,
  resolved: CircleCheck,
};

export function Panel({ review }: { review: Review }): JSX.Element {
  const entries = review.shown.value;
  const at = entries.findIndex(({ key }) => key === review.opened.value);
  return (
    <section class="panel issues" aria-label={t("review.issues")}>
      <header class="panel-head">
        <h2>{t("review.issues")}</h2>
        <span class="panel-count">
          {at < 0 ? entries.length : t("review.position", { at: at + 1, size: entries.length })}
        </span>
        <span class="push" />
        <IconButton
          icon={ChevronUp}
          label={t("command.issue.previous")}
          hint={shownKey("Shift+J")}
          onClick={() => review.step(-1)}
        />
        <IconButton
          icon={ChevronDown}
          label={t("command.issue.next")}
          hint={shownKey("J")}
          onClick={() => review.step(1)}
        />
        {review.mayReview.value && (
          <IconButton
            icon={MessageSquarePlus}
            label={t("issue.open")}
            hint={shownKey("I")}
            onClick={() => review.startIssue()}
          />
        )}
      </header>
      <Resolved review={review} />
      <Troubles review={review} />
      {entries.length === 0 ? <None review={review} /> : <List review={review} entries={entries} />}
    </section>
  );
}

function Resolved({ review }: { review: Review }): JSX.Element | null {
  const count = review.entries.value.filter(({ look }) => look === "resolved").length;
  if (count === 0) return null;
  return (
    <label class="issues-resolved">
      <input type="checkbox" checked={!review.hidesResolved.value} onChange={() => review.toggleResolved()} />
      {t("review.show-resolved", { count })}
    </label>
  );
}

function Troubles({ review }: { review: Review }): JSX.Element | null {
  const why = review.failure.value;
  const isKept = review.store.works.value;
  const count = review.drafts.value.length;
  return (
    <>
      {why !== undefined && (
        <div class="issues-trouble" role="alert">
          {t("review.unread", { reason: why })}
          <Button icon={RefreshCw} onClick={() => void review.reload()}>
            {t("workbench.try-again")}
          </Button>
        </div>
      )}
      {review.strayReplies.map(({ id, text }) => (
        <div key={id} class="issues-trouble">
          {t("issue.stray", { id })}
          <q>{text}</q>
          <Button onClick={() => review.threads.writeReply({ id }, "")}>{t("issue.discard")}</Button>
        </div>
      ))}
      {count > 0 && (
        <p class="issues-note">
          {t(isKept ? "review.drafts" : "review.drafts.not-kept", { count })}
          {!review.mayReview.value && ` ${t("review.drafts.wait")}`}
        </p>
      )}
    </>
  );
}

function None({ review }: { review: Review }): JSX.Element {
  const hidden = review.entries.value.length > 0;
  return (
    <p class="panel-empty">
      {t(hidden ? "review.none.hidden" : review.mayReview.value ? "review.none.yet" : "review.none")}
    </p>
  );
}

function List({ review, entries }: { review: Review; entries: readonly Entry[] }): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const opened = review.opened.value;
  const frame = review.bench.navigation.wanted.value;
  useEffect(() => {
    list.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }, [opened]);
  const move = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0 || isComposing(event)) return;
    // Over the picture, arrows move objects.
    event.preventDefault();
    event.stopPropagation();
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    rows[rows.indexOf(document.activeElement as HTMLElement) + step]?.focus();
  };
  return (
    <ul ref={list} class="issue-list" onKeyDown={move}>
      {entries.map((entry) => (
        <Row key={entry.key} review={review} entry={entry} isHere={entry.frame === frame} />
      ))}
    </ul>
  );
}

function Row({ review, entry, isHere }: { review: Review; entry: Entry; isHere: boolean }): JSX.Element {
  const { look, comments, message, owner } = entry;
  const isOpened = review.opened.value === entry.key;
  const [first] = comments;
  const about = [
    t("issue.frame", { frame: entry.frame }),
    ...(owner === null ? [] : [owner.username]),
    ...(first === undefined ? [] : [age(first.created_date)]),
  ];
  return (
    <li class={`issue-row ${look} ${isHere ? "here" : ""}`}>
      <button type="button" aria-current={isOpened} onClick={() => review.open(entry)}>
        <span class="issue-look" {...tip(t(`issue.look.${look}`))}>
          <Icon icon={LOOKS[look]} size={14} />
          <span class="for-readers">{t(`issue.look.${look}`)}</span>
        </span>
        <span class="issue-text">
          <span class="issue-message">{message || t("issue.no-words")}</span>
          <span class="issue-about">{about.join(" · ")}</span>
        </span>
        {comments.length > 1 && (
          <span class="issue-replies" {...tip(t("issue.comments", { count: comments.length }))}>
            <Icon icon={MessageSquare} size={12} />
            {comments.length}
          </span>
        )}
      </button>
    </li>
  );
}
