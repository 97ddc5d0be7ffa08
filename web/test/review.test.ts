import { describe, expect, it, vi } from "vitest";
import type { User } from "../src/session";
import { type Draft, DraftStore, type Kept, NOTHING, withText } from "../src/ui/review/drafts";
import { estimateQuality } from "../src/ui/review/estimate";
import { latestMessages, noteMessage } from "../src/ui/review/messages";
import { type Entry, entryOf, entryOfDraft, inOrder, neighbour } from "../src/ui/review/order";
import { cornerBesideRegion } from "../src/ui/review/place";
import { type JobPeople, mayAccessJob, mayChangeJob, mayReviewJob } from "../src/ui/review/rights";
import { reviewOf } from "../src/ui/review/submission";
import type { WireIssue } from "../src/ui/review/wire";
import { jobReviewOf } from "../src/ui/tasks/job-reviews";
import { FakeStorage } from "./sync-world";

const draft = (key: string, frame = 0, message = key): Draft => ({
  key,
  frame,
  position: [1, 2, 30, 40],
  message,
});
const issue = (id: number, frame: number, resolved: string | null = null): WireIssue => ({
  id,
  owner: { id: 1, username: "eve" },
  resolver: null,
  position: [1, 2, 30, 40],
  comment_set: [],
  frame,
  created_date: "",
  resolved_date: resolved,
});

it.each([
  [0, 0, 5],
  [10, 0, 5],
  [0, 3, 0],
  [2, 1, 2.5],
  [10, 1, 4.2],
  [100, 1, 4.9],
  [1000, 1, 5],
  [7, 9, 1.4],
  [1, 200, 0.012],
])("of %i objects seen and %i new issues the estimate is %d", (seen, raised, expected) => {
  expect(estimateQuality(seen, raised)).toBe(expected);
});

describe("the list of issues", () => {
  const entries = inOrder(
    [issue(7, 3), issue(5, 3), issue(9, 0, "then")].map(entryOf),
    [draft("x", 3), draft("y", 1)].map(entryOfDraft),
  );
  const keys = (found: readonly Entry[]) => found.map(({ key }) => key);

  it("goes by frame, then age, drafts last", () => {
    expect(keys(entries)).toEqual(["issue:9", "y", "issue:5", "issue:7", "x"]);
    expect(entries.map(({ look }) => look)).toEqual(["resolved", "draft", "open", "open", "draft"]);
  });

  it.each([
    ["the next one", "issue:5", 0, 1, "issue:7"],
    ["the one before, on another frame", "issue:5", 0, -1, "y"],
    ["none after the last", "x", 3, 1, undefined],
    ["none before the first", "issue:9", 0, -1, undefined],
    ["with none opened, the first from the frame on", undefined, 2, 1, "issue:5"],
    ["with none opened, the last up to the frame", undefined, 2, -1, "y"],
    ["with one opened that is gone, as with none", "gone", 1, 1, "y"],
  ] as const)("leads to %s", (_, current, frame, direction, expected) => {
    expect(neighbour(entries, current, frame, direction)?.key).toBe(expected);
  });
});

describe("drafts", () => {
  const SCOPE = { server: "http://here", userId: 1, jobId: 7 };
  const add = (each: Draft) => (kept: Kept) => ({ ...kept, drafts: [...kept.drafts, each] });

  it("are there for the next page, and for nobody else", () => {
    const storage = new FakeStorage();
    new DraftStore(SCOPE, storage).change(add(draft("a")));
    expect(new DraftStore(SCOPE, storage).kept.value.drafts).toEqual([draft("a")]);
    for (const other of [{ jobId: 8 }, { userId: 2 }, { server: "http://there" }])
      expect(new DraftStore({ ...SCOPE, ...other }, storage).kept.value).toEqual(NOTHING);
  });

  it("of two tabs do not undo one another", () => {
    const storage = new FakeStorage();
    const [one, other] = [new DraftStore(SCOPE, storage), new DraftStore(SCOPE, storage)];
    one.change(add(draft("a")));
    other.change(add(draft("b")));
    expect(new DraftStore(SCOPE, storage).kept.value.drafts.map(({ key }) => key)).toEqual(["a", "b"]);
  });

  it("leave nothing behind when there is nothing left", () => {
    const storage = new FakeStorage();
    const store = new DraftStore(SCOPE, storage);
    store.change((kept) => ({ ...kept, seen: [1], replies: withText({}, 3, "hm") }));
    store.change((kept) => ({ ...kept, seen: [], replies: withText(kept.replies, 3, "") }));
    expect(storage.length).toBe(0);
  });

  it("are kept by the page when the browser keeps nothing, and it is told", () => {
    const storage = new FakeStorage();
    vi.spyOn(storage, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    const store = new DraftStore(SCOPE, storage);
    store.change(add(draft("a")));
    store.change(add(draft("b")));
    expect(store.kept.value.drafts.map(({ key }) => key)).toEqual(["a", "b"]);
    expect(store.works.value).toBe(false);
  });

  it.each([
    ["no JSON", "{"],
    ["something else", "7"],
    [
      "drafts that are none",
      JSON.stringify({ drafts: [7, null, { key: "a" }, { ...draft("b"), frame: "x" }] }),
    ],
    [
      "other fields of other kinds",
      JSON.stringify({ seen: "x", replies: 3, edits: [1], flight: { key: 1 } }),
    ],
  ])("pass over %s", (_, stored) => {
    const storage = new FakeStorage();
    storage.setItem("labelwright.review|http://here|1|7", stored);
    const { drafts, seen, flight } = new DraftStore(SCOPE, storage).kept.value;
    expect([drafts, seen, flight]).toEqual([[], [], undefined]);
  });
});

it("the latest three different messages are offered, those of this browser first", () => {
  const storage = new FakeStorage();
  for (const message of ["one", "two", " two ", "three", "", "four"]) noteMessage(1, message, storage);
  expect(latestMessages(1, ["five"], storage)).toEqual(["four", "three", "two"]);
  expect(latestMessages(2, ["five", "five", "six"], storage)).toEqual(["five", "six"]);
});

it("a review carries its drafts, blank words left out, and the next reviewer only if there is to be one", () => {
  const next = { id: 9, username: "kim" };
  const drafts = [draft("a", 4, " too loose "), draft("b", 5, "  ")];
  expect(reviewOf(7, "review_further", 3.5, next, drafts)).toEqual({
    job: 7,
    status: "review_further",
    estimated_quality: 3.5,
    reviewer_id: 9,
    issue_set: [
      { frame: 4, position: [1, 2, 30, 40], comment_set: [{ message: "too loose" }] },
      { frame: 5, position: [1, 2, 30, 40], comment_set: [] },
    ],
  });
  expect(reviewOf(7, "rejected", 0, next, [])).not.toHaveProperty("reviewer_id");
});

it("of a job's reviews the last one counts, and of its issues those that are open", () => {
  const review = (status: "accepted" | "rejected", estimated_quality: number) => ({
    status,
    estimated_quality,
    reviewer: null,
  });
  expect(
    jobReviewOf([review("rejected", 1), review("accepted", 4.5)], [issue(1, 0), issue(2, 0, "then")]),
  ).toEqual({
    last: { verdict: "accepted", quality: 4.5, reviewer: undefined },
    issues: 2,
    openIssues: 1,
  });
  expect(jobReviewOf([], [])).toEqual({ last: undefined, issues: 0, openIssues: 0 });
});

describe("rights on a job", () => {
  const user: User = {
    id: 3,
    username: "ann",
    firstName: "",
    lastName: "",
    isAdmin: false,
    isStaff: false,
    seesAll: false,
    mayCreateTasks: false,
  };
  const others: JobPeople = { assignee: 1, reviewer: 2, taskAssignee: 4, owners: [5, null], assignees: [4] };

  it.each([
    ["a stranger", {}, {}, "annotation", [false, false, false]],
    ["an admin", { isAdmin: true, seesAll: true }, {}, "completed", [true, true, true]],
    ["an observer", { seesAll: true }, {}, "annotation", [true, false, false]],
    ["the owner of the project", {}, { owners: [5, 3] }, "completed", [true, true, false]],
    ["anybody, of a task that is nobody's", {}, { taskAssignee: null }, "annotation", [true, true, false]],
    ["its assignee in annotation", {}, { assignee: 3 }, "annotation", [true, true, false]],
    ["its assignee in validation", {}, { assignee: 3 }, "validation", [true, false, false]],
    ["its reviewer in annotation", {}, { reviewer: 3 }, "annotation", [true, false, false]],
    ["its reviewer in validation", {}, { reviewer: 3 }, "validation", [true, true, true]],
    [
      "a reviewer who is the task's assignee",
      {},
      { reviewer: 3, assignees: [3] },
      "completed",
      [true, true, true],
    ],
  ] as const)("of %s", (_, about, whose, status, expected) => {
    const [who, people] = [
      { ...user, ...about },
      { ...others, ...whose },
    ];
    const found = [
      mayAccessJob(who, people),
      mayChangeJob(who, people, status),
      mayReviewJob(who, people, status),
    ];
    expect(found).toEqual(expected);
  });
});

describe("a thread stands", () => {
  const host = { left: 50, top: 40, right: 850, bottom: 640 };
  const size = { width: 300, height: 200 };

  it.each([
    ["right of its region", { left: 100, top: 100, right: 200, bottom: 200 }, { left: 218, top: 100 }],
    ["left of one at the right", { left: 600, top: 100, right: 800, bottom: 200 }, { left: 282, top: 100 }],
    ["over one that is wide", { left: 60, top: 100, right: 840, bottom: 200 }, { left: 542, top: 100 }],
    ["within the picture's place", { left: 100, top: 600, right: 200, bottom: 900 }, { left: 218, top: 432 }],
    ["at the corner without one", undefined, { left: 542, top: 48 }],
  ])("%s", (_, region, expected) => {
    expect(cornerBesideRegion(size, region, host)).toEqual(expected);
  });
});
