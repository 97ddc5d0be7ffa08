/** What people write to issues and make of them: each deed one request, and no text lost when it fails. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { ApiError, Unreachable } from "../../api";
import { t } from "../../i18n";
import { session } from "../../session";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import { newCid } from "../workbench/editing";
import { withText } from "./drafts";
import type { Entry } from "./order";
import type { Review } from "./review";
import { mayChangeOwn } from "./rights";
import { deleteComment, deleteIssue, patchComment, patchIssue, postComment, type WireComment } from "./wire";

/** What went wrong with an issue, in a sentence. */
export interface Problem {
  readonly key: string;
  readonly text: string;
}

export class Threads {
  readonly #review: Review;
  readonly #busy = signal<string | undefined>(undefined);
  readonly #problem = signal<Problem | undefined>(undefined);

  constructor(review: Review) {
    this.#review = review;
  }

  /** The key of the issue that a request is under way for. */
  get busy(): ReadonlySignal<string | undefined> {
    return this.#busy;
  }

  get problem(): ReadonlySignal<Problem | undefined> {
    return this.#problem;
  }

  mayResolve({ id, owner }: Entry): boolean {
    return id !== undefined && (this.#review.mayChange.value || mayChangeOwn(this.#review.user, owner?.id));
  }

  mayDelete({ id, owner }: Entry): boolean {
    return id !== undefined && mayChangeOwn(this.#review.user, owner?.id);
  }

  mayEdit({ author }: WireComment): boolean {
    return mayChangeOwn(this.#review.user, author?.id);
  }

  // ---- texts that are being written

  replyTo({ id = 0 }: Entry): string {
    return this.#review.store.kept.value.replies[id] ?? "";
  }

  writeReply({ id = 0 }: Pick<Entry, "id">, text: string): void {
    this.#review.store.change((kept) => ({
      ...kept,
      replies: withText(kept.replies, id, text),
      sent: withText(kept.sent, id, ""),
    }));
  }

  /** The text a comment is to have; undefined while it is not being changed. */
  editOf({ id }: WireComment): string | undefined {
    return this.#review.store.kept.value.edits[id];
  }

  writeEdit({ id }: WireComment, text: string): void {
    this.#review.store.change((kept) => ({ ...kept, edits: { ...kept.edits, [String(id)]: text } }));
  }

  endEdit({ id }: WireComment): void {
    this.#review.store.change((kept) => ({ ...kept, edits: withText(kept.edits, id, "") }));
  }

  // ---- deeds

  /** Send the reply that is written. */
  async reply(entry: Entry): Promise<void> {
    const message = this.replyTo(entry).trim();
    const { id } = entry;
    if (id === undefined || message === "") return;
    const key = this.#review.store.kept.peek().sent[id] ?? newCid();
    this.#review.store.change((kept) => ({ ...kept, sent: withText(kept.sent, id, key) }));
    await this.#attempt(entry, async () => {
      const comment = await postComment(id, message, key);
      this.writeReply(entry, "");
      this.#learnComments(id, (comments) => [...comments.filter((each) => each.id !== comment.id), comment]);
    });
  }

  /** Send what a comment is to say now. */
  async saveEdit(entry: Entry, comment: WireComment): Promise<void> {
    const message = (this.editOf(comment) ?? "").trim();
    if (message === "" || message === comment.message) {
      if (message !== "") this.endEdit(comment);
      return;
    }
    await this.#attempt(entry, async () => {
      const changed = await patchComment(comment.id, message);
      this.endEdit(comment);
      this.#learnComments(entry.id, (comments) =>
        comments.map((each) => (each.id === changed.id ? changed : each)),
      );
    });
  }

  async deleteComment(entry: Entry, comment: WireComment): Promise<void> {
    await this.#attempt(entry, async () => {
      await unlessGone(deleteComment(comment.id));
      this.endEdit(comment);
      this.#learnComments(entry.id, (comments) => comments.filter(({ id }) => id !== comment.id));
    });
  }

  /** Resolve an open issue, or open a resolved one again; what was written to it meanwhile is sent first. */
  async toggleResolved(entry: Entry): Promise<void> {
    const { id } = entry;
    if (id === undefined) return;
    if (!this.mayResolve(entry)) {
      this.#review.bench.say("issue.may-not-resolve");
      return;
    }
    if (this.replyTo(entry).trim() !== "") await this.reply(entry);
    if (this.#problem.peek()?.key === entry.key) return;
    await this.#attempt(entry, async () => {
      const resolver = entry.look === "resolved" ? null : this.#review.user.id;
      const changed = await patchIssue(id, resolver);
      this.#review.learn(id, (known) => ({
        ...known,
        resolver: changed.resolver,
        resolvedDate: changed.resolved_date,
        look: changed.resolved_date === null ? "open" : "resolved",
      }));
      this.#review.bench.say(changed.resolved_date === null ? "issue.reopened" : "issue.resolved");
    });
  }

  /** Delete a draft at once, with a way back; an issue of the server for good. */
  async remove(entry: Entry): Promise<void> {
    const { store } = this.#review;
    const { id, key } = entry;
    if (id !== undefined) {
      await this.#attempt(entry, async () => {
        await unlessGone(deleteIssue(id));
        this.writeReply(entry, "");
        this.#review.learn(id, () => undefined);
        this.#review.bench.say("issue.deleted");
      });
      return;
    }
    const draft = store.kept.peek().drafts.find((each) => each.key === key);
    this.#review.opened.value = undefined;
    this.#review.drop(key);
    if (draft === undefined) return;
    toast(t("issue.deleted"), {
      key: "issue.deleted",
      action: {
        text: t("workbench.undo"),
        run: () => store.change((kept) => ({ ...kept, drafts: [...kept.drafts, draft] })),
      },
    });
  }

  #learnComments(
    id: number | undefined,
    change: (comments: readonly WireComment[]) => readonly WireComment[],
  ): void {
    if (id === undefined) return;
    this.#review.learn(id, (entry) => {
      const comments = change(entry.comments);
      return { ...entry, comments, message: comments[0]?.message ?? "" };
    });
  }

  /** Do `work` for an issue; tell in its thread what went wrong. One at a time: the field waits meanwhile. */
  async #attempt({ key }: Entry, work: () => Promise<void>): Promise<void> {
    if (this.#busy.peek() !== undefined) return;
    this.#busy.value = key;
    this.#problem.value = undefined;
    try {
      await asPerson(this.#review.user.id, work);
    } catch (error) {
      if (!isExpected(error)) throw error;
      this.#problem.value = { key, text: wordsFor(error) };
    } finally {
      this.#busy.value = undefined;
    }
  }
}

function wordsFor(error: unknown): string {
  if (error instanceof Unreachable) return t("issue.unreachable");
  return error instanceof ApiError && error.status === 404 ? t("issue.gone") : problemOf(error);
}

/** Whether this is the server's or the network's doing, to be told; all else is our mistake. */
export function isExpected(error: unknown): boolean {
  return error instanceof ApiError || error instanceof Unreachable || error instanceof OtherPerson;
}

/** Somebody else has signed in meanwhile: what was written is not theirs to send. */
class OtherPerson extends Error {}

/** Do `work` unless somebody else than the person `userId` is signed in by now. */
export async function asPerson<Result>(userId: number, work: () => Promise<Result>): Promise<Result> {
  const now = session.peek();
  if (now.name === "signed-in" && now.user.id !== userId) throw new OtherPerson(t("review.other-person"));
  return work();
}

/** Deleting what is gone already is no failure. */
async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
