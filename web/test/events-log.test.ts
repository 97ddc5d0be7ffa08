import { beforeEach, describe, expect, it } from "vitest";
import { objectCounts } from "../src/events/counts";
import { type ClientEvent, EventLog, MAX_EVENTS } from "../src/events/event-log";
import { WorkingTime } from "../src/events/working-time";

const FACTS = { client_id: 123456, job_id: 7, task_id: 3 };
const START = Date.UTC(2026, 10, 22, 8);
let now = START;
let active = true;
beforeEach(() => {
  now = START;
  active = true;
});

const open = () => new EventLog({ facts: FACTS, now: () => now, isActive: () => active });
const names = (batch: readonly ClientEvent[]) => batch.map(({ name }) => name);
const workedIn = (batch: readonly ClientEvent[]) => batch.at(-1)?.payload?.working_time;
const pass = (ms: number) => {
  now += ms;
};

describe("working time", () => {
  const sum = (...gaps: number[]) => {
    const working = new WorkingTime(() => now);
    working.sign();
    for (const gap of gaps) {
      now += gap;
      working.sign();
    }
    return working.take();
  };

  it.each([
    ["nothing from one sign alone", [], 0],
    ["the gaps between signs", [1000, 2000, 500], 3500],
    ["a gap just short of a break", [99_999], 99_999],
    ["no gap of 100 s", [1000, 100_000, 2000], 3000],
    ["nothing when the clock is set back", [1000, -5000, 2000], 3000],
  ])("is %s", (_, gaps, worked) => expect(sum(...gaps)).toBe(worked));

  it("ends when the person looks elsewhere and begins when they are back", () => {
    const working = new WorkingTime(() => now);
    working.sign();
    pass(3000);
    working.pause();
    pass(50_000);
    working.sign();
    pass(2000);
    working.sign();
    expect(working.take()).toBe(5000);
    expect(working.take()).toBe(0);
  });
});

describe("the event log", () => {
  it("writes an event as API v1 has it", () => {
    const log = open();
    log.note("Draw object", { count: 1, duration: 812 });
    expect(log.take()[0]).toEqual({
      ...FACTS,
      name: "Draw object",
      time: "2026-11-22T08:00:00.000Z",
      is_active: true,
      payload: { count: 1, duration: 812 },
    });
  });

  it("ends each batch with the time worked since the last", () => {
    const log = open();
    log.note("Change frame", { from: 0, to: 1 });
    pass(4000);
    log.note("Fit image");
    expect([names(log.take()), log.take()]).toEqual([
      ["Change frame", "Fit image", "Send user activity"],
      [],
    ]);
    pass(6000);
    log.sign();
    const batch = log.take();
    expect([names(batch), workedIn(batch)]).toEqual([["Send user activity"], 6000]);
  });

  it("counts no work while nobody looks at the page", () => {
    const log = open();
    log.sign();
    active = false;
    pass(5000);
    log.note("Save job", { duration: 30 });
    const [event, activity] = log.take();
    expect([event?.is_active, activity?.payload]).toEqual([false, { working_time: 0 }]);
  });

  it("folds repeated changes of one attribute of one object into the first", () => {
    const log = open();
    const change = (object: string, id: number, value: string) => {
      pass(1000);
      log.note("Change attribute", { id, value, object_id: object }, { foldKey: `${object} ${id}` });
    };
    change("a", 1, "r");
    log.note("Save job", { duration: 20 });
    change("a", 1, "re");
    change("a", 1, "red");
    change("b", 1, "blue");
    change("a", 1, "rot");
    const changes = log.take().filter(({ name }) => name === "Change attribute");
    expect(changes.map(({ payload }) => payload?.value)).toEqual(["red", "blue", "rot"]);
    expect(changes[0]?.time).toBe("2026-11-22T08:00:01.000Z");
  });

  it("folds into nothing that was taken", () => {
    const log = open();
    log.note("Change attribute", { value: "a" }, { foldKey: "x" });
    log.take();
    log.note("Change attribute", { value: "b" }, { foldKey: "x" });
    expect(names(log.take())).toEqual(["Change attribute", "Send user activity"]);
  });

  it("tells of zooms once a second", () => {
    const log = open();
    for (let step = 0; step < 25; step += 1) {
      log.note("Zoom image");
      pass(100);
    }
    expect(log.size).toBe(3);
  });

  it("keeps no more than its bound, the newest", () => {
    const log = open();
    for (let to = 1; to <= MAX_EVENTS + 5; to += 1) log.note("Change frame", { from: to - 1, to });
    expect([log.size, log.take()[0]?.payload]).toEqual([MAX_EVENTS, { from: 5, to: 6 }]);
  });
});

describe("object counts", () => {
  it("are all there, in the words of API v1", () => {
    const types = ["rectangle", "tag", "rectangle", "polygon", "cuboid", "tag"] as const;
    const objects = types.map((type) => ({ type }));
    expect(objectCounts({ frames: 20, objects, tracks: ["rectangle", "points"] })).toEqual({
      "frame count": 20,
      "object count": 8,
      "track count": 6,
      "tag count": 2,
      "box count": 3,
      "polygon count": 1,
      "polyline count": 0,
      "points count": 1,
      "cuboids count": 1,
    });
  });
});
