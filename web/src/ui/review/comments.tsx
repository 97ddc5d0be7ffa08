import { Pencil, Trash2 } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { age, moment } from "../format";
import { Button, IconButton } from "../kit/button";
import { isComposing, isEnter } from "../kit/keys";
import { tip } from "../kit/tooltip";
import type { Entry } from "./order";
import type { Review } from "./review";
import type { WireComment } from "./wire";

interface CommentProps {
  readonly review: Review;
  readonly entry: Entry;
  readonly comment: WireComment;
}

/** What was said of an issue, oldest first; the newest is in sight, from its beginning. */
export function Comments({ review, entry }: Omit<CommentProps, "comment">): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  const count = entry.comments.length;
  useEffect(() => {
    const newest = list.current?.lastElementChild;
    if (list.current !== null && newest instanceof HTMLElement)
      list.current.scrollTop = newest.offsetTop - list.current.offsetTop;
  }, [count]);
  if (count === 0) return <p class="issue-no-words quiet">{t("issue.no-words")}</p>;
  return (
    <ol ref={list} class="issue-comments">
      {entry.comments.map((comment) => (
        <Comment key={comment.id} review={review} entry={entry} comment={comment} />
      ))}
    </ol>
  );
}

function Comment({ review, entry, comment }: CommentProps): JSX.Element {
  const { threads } = review;
  const edit = threads.editOf(comment);
  const isEdited = Date.parse(comment.updated_date) - Date.parse(comment.created_date) > 1000;
  const mayEdit = threads.mayEdit(comment) && edit === undefined;
  return (
    <li class="issue-comment">
      <header>
        <strong>{comment.author?.username ?? t("issue.somebody")}</strong>
        <span class="quiet" {...tip(moment(comment.updated_date))}>
          {age(comment.created_date)}
          {isEdited && ` · ${t("issue.edited")}`}
        </span>
        <span class="push" />
        {mayEdit && (
          <>
            <IconButton
              icon={Pencil}
              label={t("issue.comment.edit")}
              onClick={() => threads.writeEdit(comment, comment.message)}
            />
            <IconButton
              icon={Trash2}
              label={t("issue.comment.delete")}
              disabled={threads.busy.value !== undefined}
              onClick={() => void threads.deleteComment(entry, comment)}
            />
          </>
        )}
      </header>
      {edit === undefined ? (
        <p>{comment.message}</p>
      ) : (
        <Rewrite review={review} entry={entry} comment={comment} text={edit} />
      )}
    </li>
  );
}

function Rewrite({ review, entry, comment, text }: CommentProps & { text: string }): JSX.Element {
  const { threads } = review;
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const save = () => void threads.saveEdit(entry, comment);
  return (
    <div class="issue-write">
      <textarea
        ref={field}
        rows={2}
        aria-label={t("issue.comment.edit")}
        value={text}
        onInput={(event) => threads.writeEdit(comment, event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && !isComposing(event)) {
            // To the thread around it, Esc means to close.
            event.preventDefault();
            event.stopPropagation();
            threads.endEdit(comment);
          } else if (isEnter(event) && !event.shiftKey) {
            event.preventDefault();
            save();
          }
        }}
      />
      <div class="issue-actions">
        <Button onClick={() => threads.endEdit(comment)}>{t("cancel")}</Button>
        <Button
          tone="primary"
          busy={threads.busy.value === entry.key}
          disabled={text.trim() === ""}
          onClick={save}
        >
          {t("issue.comment.save")}
        </Button>
      </div>
    </div>
  );
}
