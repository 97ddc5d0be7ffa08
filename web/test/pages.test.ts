import { describe, expect, it } from "vitest";
import { locale } from "../src/i18n";
import { ADVANCED, advancedProblems } from "../src/ui/create/advanced";
import { age, bytes, counted, span } from "../src/ui/format";
import { cornerBeside } from "../src/ui/kit/placing";
import { ALL_JOBS, arrangeJobs, type JobFilter, jobsToText, peopleOf } from "../src/ui/tasks/job-rows";
import { PROJECT_TERMS, parseSearch } from "../src/ui/tasks/search";
import { isWebAddress } from "../src/ui/tasks/task-menu";
import {
  type JobRow,
  nextJob,
  openJob,
  type Status,
  stateOf,
  type WireJob,
  type WireTask,
} from "../src/ui/tasks/wire";

describe("search", () => {
  it.each([
    ["plain words", "red cars", { search: "red cars" }],
    ["one term", "owner: ann", { owner: "ann" }],
    ["terms joined", "owner:ann AND status: completed", { owner: "ann", status: "completed" }],
    ["and in small letters", "name: a b and id:7", { name: "a b", id: "7" }],
    ["words beside a term", "cars AND mode: annotation", { mode: "annotation", search: "cars" }],
    [
      "full-width colons and Chinese terms",
      "创建者：安 AND 状态：已完成",
      { owner: "安", status: "completed" },
    ],
    ["kinds as pages call them", "模式：视频 AND 项目：街景", { mode: "interpolation", project: "街景" }],
    ["the API's name of projectId", "projectId: 3", { project_id: "3" }],
    ["a term nobody knows as words", "colour: red", { search: "colour: red" }],
    ["a term without a value as nothing", "owner:", {}],
    ["AND within a word as part of it", "brandAND", { search: "brandAND" }],
    ["nothing", "   ", {}],
  ])("takes %s", (_, text, expected) => {
    expect(parseSearch(text)).toEqual(expected);
  });

  it("takes what is no term of a list as words", () => {
    expect(parseSearch("mode: video AND owner: ann", PROJECT_TERMS)).toEqual({
      owner: "ann",
      search: "mode: video",
    });
  });
});

describe("what is shown", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [123_456, "123 kB"],
    [1_250_000, "1.3 MB"],
    [999_600_000, "1 GB"],
    [20_000_000_000, "20 GB"],
  ])("of %i bytes", (size, expected) => {
    expect(bytes(size)).toBe(expected);
  });

  it.each([
    [0.2, "1 sec"],
    [59.6, "1 min"],
    [65, "1 min 5 sec"],
    [3600, "1 hr"],
    [7384, "2 hr 3 min"],
  ])("of %d seconds", (seconds, expected) => {
    expect(span(seconds)).toBe(expected);
  });

  it("tells ages in the greatest unit, in both languages", () => {
    const now = Date.parse("2026-01-10T12:00:00Z");
    expect(age("2026-01-10T11:59:40Z", now)).toBe("just now");
    expect(age("2026-01-10T09:30:00Z", now)).toBe("2 hours ago");
    expect(age("2026-01-09T11:00:00Z", now)).toBe("yesterday");
    locale.value = "zh-CN";
    expect(age("2026-01-10T09:30:00Z", now)).toBe("2小时前");
    expect(counted("task.jobs", 1200)).toBe("1,200 个作业");
    locale.value = "en-US";
    expect([counted("task.jobs", 1), counted("task.jobs", 2)]).toEqual(["1 job", "2 jobs"]);
  });
});

const person = (username: string | undefined) => (username === undefined ? null : { id: 1, username });
const job = (id: number, status: Status, assignee?: string, reviewer?: string): JobRow => ({
  id,
  status,
  assignee: person(assignee),
  reviewer: person(reviewer),
  first: id * 10,
  last: id * 10 + 9,
});
const jobs = [
  job(1, "completed", "ann"),
  job(2, "annotation"),
  job(3, "validation", "bob", "Eve"),
  job(4, "annotation", "ann"),
];

describe("jobs", () => {
  const ids = (found: readonly JobRow[]) => found.map(({ id }) => id);

  it.each<[string, Partial<JobFilter>, "id" | "status" | "assignee" | "reviewer", readonly number[]]>([
    ["all by number", {}, "id", [1, 2, 3, 4]],
    ["by status, then number", {}, "status", [2, 4, 3, 1]],
    ["by assignee, nobody last", {}, "assignee", [1, 4, 3, 2]],
    ["by reviewer, nobody last", {}, "reviewer", [3, 1, 2, 4]],
    ["those of one person", { assignee: "ann" }, "id", [1, 4]],
    ["nobody's", { assignee: "-" }, "id", [2]],
    ["those one person reviews", { reviewer: "Eve" }, "id", [3]],
    ["of one status and person", { status: "annotation", assignee: "ann" }, "id", [4]],
    ["by a number that a frame has, or a job", { text: " 25 " }, "id", [2]],
    ["by the number of a job alone", { text: "#4" }, "id", [4]],
    ["by a part of somebody's name", { text: "EV" }, "id", [3]],
    ["none by a name that nobody has", { text: "zoe" }, "id", []],
  ])("are listed %s", (_, filter, order, expected) => {
    expect(ids(arrangeJobs(jobs, { ...ALL_JOBS, ...filter }, order))).toEqual(expected);
  });

  it("name each person once", () => {
    expect([peopleOf(jobs, "assignee"), peopleOf(jobs, "reviewer")]).toEqual([["ann", "bob"], ["Eve"]]);
  });

  it("are copied one a line", () => {
    expect(jobsToText(jobs.slice(0, 2), ({ id }) => `/jobs/${id}`)).toBe(
      "/jobs/1\t10-19\tcompleted\tann\t\n/jobs/2\t20-29\tannotation\t\t",
    );
  });
});

const ANN = { id: 7, username: "ann" };
const BOB = { id: 8, username: "bob" };

const taskOf = (statuses: readonly Status[]): WireTask => ({
  id: 1,
  name: "a task",
  owner: null,
  assignee: null,
  bug_tracker: "",
  created_date: "",
  updated_date: "",
  status: "annotation",
  labels: [],
  project_id: null,
  mode: "annotation",
  subset: "",
  annotation_type: "",
  dataset_id: null,
  published_date: null,
  frames_deleted: 0,
  segments: statuses.map((status, index) => ({
    start_frame: index,
    stop_frame: index,
    jobs: [{ id: index + 1, status, assignee: null, reviewer: null }],
  })),
});

it.each([
  ["pending when nothing is done", ["annotation", "annotation"], "pending", 1],
  ["in progress when some is", ["completed", "annotation"], "progress", 2],
  ["in progress when some is reviewed", ["validation", "annotation"], "progress", 2],
  ["completed when all is", ["completed", "completed"], "completed", 1],
  ["pending without jobs", [], "pending", undefined],
] as const)("a task is %s", (_, statuses, state, next) => {
  expect(stateOf(taskOf(statuses))).toBe(state);
  expect(nextJob(taskOf(statuses), ANN.id)?.id).toBe(next);
});

it.each<[string, Partial<WireJob>, Partial<WireJob>]>([
  ["the one assigned to them", { assignee: BOB }, { assignee: ANN }],
  ["the one they review", { reviewer: ANN, assignee: BOB }, { status: "validation", reviewer: ANN }],
  ["none that others review", { status: "validation", assignee: ANN, reviewer: BOB }, {}],
  ["nobody's before somebody's", { assignee: BOB }, {}],
  ["somebody's before a completed one", { status: "completed", assignee: ANN }, { assignee: BOB }],
])("of two jobs, people go on with %s", (_, first, second) => {
  const jobs = [first, second].map(
    (job, id): WireJob => ({ id, status: "annotation", assignee: null, reviewer: null, ...job }),
  );
  expect(openJob(jobs, ANN.id)?.id).toBe(1);
});

it.each([
  ["what is there at first", {}, {}],
  ["a quality beyond 100", { imageQuality: "101" }, { imageQuality: "advanced.problem.quality" }],
  ["no quality", { imageQuality: "" }, { imageQuality: "advanced.problem.quality" }],
  ["a segment that is no number", { segmentSize: "x" }, { segmentSize: "advanced.problem.whole" }],
  [
    "an overlap as long as the segment",
    { segmentSize: "5", overlap: "5" },
    { overlap: "advanced.problem.overlap" },
  ],
  ["an overlap without segments", { overlap: "2" }, { overlap: "advanced.problem.overlap-alone" }],
  ["chunks of nothing", { chunkSize: "0" }, { chunkSize: "advanced.problem.whole" }],
  ["a script for an address", { bugTracker: "javascript:x" }, { bugTracker: "advanced.problem.address" }],
])("the advanced part says of %s what is wrong", (_, changes, expected) => {
  expect(advancedProblems({ ...ADVANCED, ...changes })).toEqual(expected);
});

it.each([
  ["https://issues.example/7", true],
  ["HTTP://issues.example", true],
  ["javascript:alert(1)", false],
  ["//issues.example", false],
])("%s is opened: %s", (address, expected) => {
  expect(isWebAddress(address)).toBe(expected);
});

describe("what floats", () => {
  const view = { width: 400, height: 300 };
  const size = { width: 100, height: 80 };

  it.each([
    ["below", { left: 50, top: 20, right: 90, bottom: 40 }, "start", { left: 50, top: 46 }],
    [
      "above when there is no room below",
      { left: 50, top: 250, right: 90, bottom: 270 },
      "start",
      { left: 50, top: 164 },
    ],
    [
      "within the right edge",
      { left: 380, top: 20, right: 399, bottom: 40 },
      "start",
      { left: 292, top: 46 },
    ],
    ["within the left edge", { left: 2, top: 20, right: 20, bottom: 40 }, "end", { left: 8, top: 46 }],
    ["centred", { left: 100, top: 20, right: 140, bottom: 40 }, "center", { left: 70, top: 46 }],
  ] as const)("stands %s", (_, owner, align, expected) => {
    expect(cornerBeside(size, owner, view, align)).toEqual(expected);
  });
});
