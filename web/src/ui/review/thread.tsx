import { useSignalEffect } from "@preact/signals";
import { Check, ChevronDown, ChevronUp, RotateCcw, Trash2, X } from "lucide";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { boundsOf } from "../../core/geometry";
import { t } from "../../i18n";
import { Button, IconButton } from "../kit/button";
import { confirm } from "../kit/confirm";
import { isComposing } from "../kit/keys";
import { shownKey } from "../workbench/key-names";
import { Comments } from "./comments";
import type { Entry } from "./order";
import { cornerBesideRegion } from "./place";
import type { Review } from "./review";
import { Words } from "./words";

/** What is said of the opened issue, beside its region. It blocks nothing: the picture and its keys go on working. */
export function Thread({ review }: { review: Review }): JSX.Element | null {
  const entry = review.find(review.opened.value);
  if (entry === undefined) return null;
  return <OpenThread key={entry.key} review={review} entry={entry} />;
}

interface ThreadProps {
  readonly review: Review;
  readonly entry: Entry;
}

function OpenThread({ review, entry }: ThreadProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useBesideRegion(box, review, entry);
  const isDraft = entry.look === "draft";
  const problem = review.threads.problem.value;
  const title = isDraft ? t("issue.new") : t("issue.number", { id: entry.id ?? 0 });
  return (
    <div
      ref={box}
      class={`issue-thread ${entry.look}`}
      role="dialog"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || isComposing(event)) return;
        event.preventDefault();
        event.stopPropagation();
        review.close();
      }}
    >
      <header>
        <strong>{title}</strong>
        <span class="issue-state">{stateOf(entry)}</span>
        <span class="push" />
        <Acts review={review} entry={entry} />
      </header>
      {isDraft ? null : <Comments review={review} entry={entry} />}
      {problem?.key === entry.key && (
        <p class="issue-problem" role="alert">
          {problem.text}
        </p>
      )}
      {isDraft ? <FirstWords review={review} entry={entry} /> : <Reply review={review} entry={entry} />}
    </div>
  );
}

function stateOf({ look, resolver, frame }: Entry): string {
  const where = t("issue.frame", { frame });
  if (look !== "resolved") return `${t(`issue.look.${look}`)} · ${where}`;
  return resolver === null
    ? `${t("issue.look.resolved")} · ${where}`
    : `${t("issue.resolved-by", { name: resolver.username })} · ${where}`;
}

function Acts({ review, entry }: ThreadProps): JSX.Element {
  const { threads } = review;
  const isBusy = threads.busy.value !== undefined;
  const isResolved = entry.look === "resolved";
  const remove = async (): Promise<void> => {
    const agreed =
      entry.id === undefined ||
      (await confirm({
        title: t("issue.delete.title", { id: entry.id }),
        body: t("issue.delete.text", { count: entry.comments.length }),
        action: t("issue.delete"),
        tone: "danger",
      }));
    if (agreed) await threads.remove(entry);
  };
  return (
    <>
      {threads.mayResolve(entry) && (
        <IconButton
          icon={isResolved ? RotateCcw : Check}
          label={t(isResolved ? "issue.reopen" : "issue.resolve")}
          hint={shownKey("X")}
          disabled={isBusy}
          onClick={() => void threads.toggleResolved(entry)}
        />
      )}
      {(entry.look === "draft" || threads.mayDelete(entry)) && (
        <IconButton icon={Trash2} label={t("issue.delete")} disabled={isBusy} onClick={() => void remove()} />
      )}
      {entry.look !== "draft" && (
        <>
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
        </>
      )}
      <IconButton icon={X} label={t("close")} hint="Esc" onClick={() => review.close()} />
    </>
  );
}

/** The first comment of an issue that is not sent yet. */
function FirstWords({ review, entry }: ThreadProps): JSX.Element {
  const noted = (message: string) => {
    review.close();
    review.bench.say("issue.noted", { message });
  };
  const done = () => {
    if (entry.message.trim() === "") review.bench.say("issue.say-what");
    else noted(entry.message.trim());
  };
  return (
    <div class="issue-write">
      <Words
        review={review}
        label={t("issue.what")}
        value={entry.message}
        onInput={(text) => review.rewrite(entry.key, text)}
        onEnter={done}
      />
      {entry.message === "" && (
        <div class="issue-ready">
          {review.readyMessages.map((message) => (
            <Button
              key={message}
              title={message}
              onClick={() => {
                review.rewrite(entry.key, message);
                noted(message);
              }}
            >
              <span>{message}</span>
            </Button>
          ))}
        </div>
      )}
      <div class="issue-actions">
        <span class="issue-keys quiet">{t("issue.keys")}</span>
        <Button tone="primary" disabled={entry.message.trim() === ""} onClick={done}>
          {t("issue.add")}
        </Button>
      </div>
    </div>
  );
}

function Reply({ review, entry }: ThreadProps): JSX.Element {
  const { threads } = review;
  const text = threads.replyTo(entry);
  const isBusy = threads.busy.value === entry.key;
  const send = () => void threads.reply(entry);
  return (
    <div class="issue-write">
      <Words
        review={review}
        label={t("issue.reply")}
        value={text}
        onInput={(words) => threads.writeReply(entry, words)}
        onEnter={send}
      />
      <div class="issue-actions">
        <span class="issue-keys quiet">{t("issue.keys")}</span>
        <Button tone="primary" busy={isBusy} disabled={text.trim() === ""} onClick={send}>
          {t("issue.send")}
        </Button>
      </div>
    </div>
  );
}

/** Keep the box beside the region, wherever the camera takes it and however it grows. */
function useBesideRegion(
  box: { readonly current: HTMLDivElement | null },
  review: Review,
  entry: Entry,
): void {
  const { bench } = review;
  const place = () => {
    const element = box.current;
    const host = element?.closest(".workbench")?.querySelector(".stage-place")?.getBoundingClientRect();
    if (element === null || host === undefined) return;
    const { stage } = bench;
    const isHere = entry.frame === bench.picture.peek()?.frame;
    const bounds = entry.region === undefined || !isHere ? undefined : boundsOf(entry.region.points);
    const start = bounds && stage?.toClient({ x: bounds.left, y: bounds.top });
    const end = bounds && stage?.toClient({ x: bounds.right, y: bounds.bottom });
    const region =
      start === undefined || end === undefined
        ? undefined
        : { left: start.x, top: start.y, right: end.x, bottom: end.y };
    const { left, top } = cornerBesideRegion(element.getBoundingClientRect(), region, host);
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
  };
  const latest = useRef(place);
  latest.current = place;
  useLayoutEffect(() => latest.current());
  useSignalEffect(() => {
    bench.stage?.camera.value;
    bench.picture.value;
    latest.current();
  });
  useEffect(() => {
    const grown = new ResizeObserver(() => latest.current());
    if (box.current !== null) grown.observe(box.current);
    const moved = () => latest.current();
    addEventListener("resize", moved);
    return () => {
      grown.disconnect();
      removeEventListener("resize", moved);
    };
  }, [box]);
}
