import { beforeEach, describe, expect, it } from "vitest";
import { locale } from "../src/i18n";
import { dayName, duration, minutesShort, pace, secondsShort } from "../src/ui/statistics/amounts";
import { dayOf, daySplits, dayText, presetQuery, readSpan, today } from "../src/ui/statistics/days";
import { byDay, byPace, isIdle, readScope, sharesOf, userQuery } from "../src/ui/statistics/figures";
import { dayRange } from "../src/ui/statistics/plot-options";
import { type WorkRow, workQuery } from "../src/ui/statistics/wire";

const NOW = 20_000;
const ME = 7;
const query = (text: string) => new URLSearchParams(text);

beforeEach(() => {
  locale.value = "en-US";
});

describe("a day", () => {
  it.each([
    ["1970-01-01", 0],
    ["2026-11-22", 20_779],
    ["2024-02-29", 19_782],
    ["2023-02-29", undefined],
    ["2026-13-01", undefined],
    ["2026-1-1", undefined],
    ["", undefined],
  ])("%s is number %s", (text, day) => {
    expect(dayOf(text)).toBe(day);
    if (day !== undefined) expect(dayText(day)).toBe(text);
  });

  it.each([
    ["UTC", "2026-11-22"],
    ["Asia/Shanghai", "2026-11-23"],
    ["America/Los_Angeles", "2026-11-22"],
  ])("is in %s %s at eight in the evening of UTC", (zone, text) => {
    expect(dayText(today(zone, Date.parse("2026-11-22T20:00:00Z")))).toBe(text);
  });
});

describe("the days an address asks for", () => {
  const text = (day: number) => dayText(day);

  it.each([
    ["nothing: 30", "", { first: NOW - 29, last: NOW, preset: 30 }],
    ["a week", "days=7", { first: NOW - 6, last: NOW, preset: 7 }],
    ["a number that is not offered", "days=8", { first: NOW - 29, last: NOW, preset: 30 }],
    ["both ends", `from=${text(100)}&to=${text(110)}`, { first: 100, last: 110, preset: undefined }],
    ["ends the wrong way round", `from=${text(110)}&to=${text(100)}`, { first: 100, last: 110 }],
    ["one day", `from=${text(100)}&to=${text(100)}`, { first: 100, last: 100 }],
    ["a beginning", `from=${text(NOW - 3)}`, { first: NOW - 3, last: NOW }],
    ["a beginning in the future", `from=${text(NOW + 3)}`, { first: NOW + 3, last: NOW + 3 }],
    ["an end", `to=${text(200)}`, { first: 171, last: 200 }],
    ["more days than a plot holds", `from=${text(0)}&to=${text(9000)}`, { first: 5341, last: 9000 }],
    ["no days at all", "from=x&to=y", { first: NOW - 29, last: NOW, preset: 30 }],
  ])("are %s", (_, address, expected) => {
    expect(readSpan(query(address), NOW)).toMatchObject(expected);
  });

  it("are left out of it when they are the usual ones", () => {
    expect(presetQuery(30)).toEqual({ days: undefined, from: undefined, to: undefined });
    expect(presetQuery(7)).toEqual({ days: "7", from: undefined, to: undefined });
  });

  it.each([
    ["every day", 1, 5, 9, [1, 2, 3, 4, 5]],
    ["every week of a month", 1, 30, 6, [2, 9, 16, 23, 30]],
    ["one day alone", 3, 3, 1, [3]],
    ["the last where there is room for one", 1, 90, 1, [90]],
  ])("are named at the axis: %s", (_, first, last, most, expected) => {
    expect(daySplits(first, last, most)).toEqual(expected);
  });

  it.each([1, 7, 30, 90, 3660])("%s of them never crowd the axis", (count) => {
    for (let most = 1; most < 20; most += 1)
      expect(daySplits(1, count, most).length).toBeLessThanOrEqual(most + 1);
  });

  it("are a week wide at least, so that one bar is no wall", () => {
    expect(dayRange(10, 10)).toEqual([6.5, 13.5]);
    expect(dayRange(1, 30)).toEqual([0.5, 30.5]);
  });
});

describe("whose work on what an address asks for", () => {
  it.each([
    ["oneself", "", { user: ME }],
    ["everybody", "user=all", { user: undefined }],
    ["somebody", "user=9", { user: 9 }],
    ["everybody on a project", "project=3", { project: 3, user: undefined }],
    ["oneself on a task", `task=4&user=${ME}`, { task: 4, user: ME }],
    ["a job", "task=4&job=5", { task: 4, job: 5, user: undefined }],
    ["nothing by what is no number", "project=x&task=-1&job=0&user=", { user: ME }],
  ])("is %s", (_, address, expected) => {
    const scope = { project: undefined, task: undefined, job: undefined, ...expected };
    expect(readScope(query(address), ME)).toEqual(scope);
  });

  it.each(["", "user=all", "user=9", "project=3", "project=3&user=7", "task=4&user=9"])(
    "is written as it was read: %j",
    (address) => {
      const scope = readScope(query(address), ME);
      const again = query(address);
      const user = userQuery(scope.user, scope, ME);
      again.delete("user");
      if (user !== undefined) again.set("user", user);
      expect(readScope(again, ME)).toEqual(scope);
    },
  );

  it("is asked of the server by its names", () => {
    const scope = { project: 3, task: undefined, job: undefined, user: 9 };
    const span = { first: 0, last: 1, preset: undefined };
    expect(workQuery(scope, span, "Asia/Shanghai")).toEqual({
      project_id: 3,
      task_id: undefined,
      job_id: undefined,
      user_id: 9,
      from: "1970-01-01",
      to: "1970-01-02",
      zone: "Asia/Shanghai",
    });
  });
});

const row = (fields: Partial<WorkRow>): WorkRow => ({
  working_seconds: 0,
  objects_created: 0,
  objects_updated: 0,
  objects_deleted: 0,
  seconds_per_object: null,
  objects_per_hour: null,
  ...fields,
});

describe("figures", () => {
  it("have every day of the span, idle ones too", () => {
    const rows = [row({ day: "1970-01-02", working_seconds: 90, objects_created: 3, objects_per_hour: 120 })];
    expect(byDay(rows, { first: 0, last: 2, preset: undefined })).toEqual({
      days: [0, 1, 2],
      minutes: [0, 1.5, 0],
      created: [0, 3, 0],
      updated: [0, 0, 0],
      deleted: [0, 0, 0],
      perHour: [null, 120, null],
      secondsEach: [null, null, null],
    });
  });

  it("are idle when nothing was done", () => {
    expect(isIdle([])).toBe(true);
    expect(isIdle([row({})])).toBe(true);
    expect(isIdle([row({}), row({ objects_deleted: 1 })])).toBe(false);
  });

  it("put the fastest first, and last those without a time", () => {
    const rows = [
      row({ objects_per_hour: 2 }),
      row({}),
      row({ objects_per_hour: 5 }),
      row({ objects_per_hour: 0 }),
    ];
    expect(byPace(rows).map((each) => each.objects_per_hour)).toEqual([5, 2, 0, null]);
  });

  it("part a bar by the states of jobs", () => {
    expect(sharesOf({ annotation: 1, validation: 0, completed: 3 })).toEqual([
      { status: "completed", count: 3, share: 0.75 },
      { status: "annotation", count: 1, share: 0.25 },
    ]);
    expect(sharesOf({ annotation: 0, validation: 0, completed: 0 })).toEqual([]);
  });
});

describe("what is read at a plot", () => {
  it.each([
    ["en-US", "0 min", "1 hr 2 min", "3.4 sec", "1 min 5 sec", "30 min", "1.5 hr", "Jan 2"],
    ["zh-CN", "0分钟", "1小时 2分钟", "3.4秒", "1分钟 5秒", "30分钟", "1.5小时", "1月2日"],
  ] as const)("is in %s", (language, none, long, short, minute, half, more, day) => {
    locale.value = language;
    expect([duration(0), duration(3720), pace(3.4), pace(65)]).toEqual([none, long, short, minute]);
    expect([minutesShort(30), minutesShort(90), dayName(1, "short")]).toEqual([half, more, day]);
    expect(dayName(1, "long")).toContain("1970");
    expect(secondsShort(90)).toBe(language === "en-US" ? "1.5 min" : "1.5分钟");
  });
});
