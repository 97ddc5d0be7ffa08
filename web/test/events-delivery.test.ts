import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Delivery, type Outcome, postToServer } from "../src/events/delivery";
import { type ClientEvent, EventLog } from "../src/events/event-log";
import { Exceptions, thrownOf } from "../src/events/exceptions";

const FACTS = { client_id: 123456, job_id: 7, task_id: 3 };

/** A server at the edge of the process: keeps what it is sent and answers `outcome`. */
function open(prepare: (log: EventLog) => void = () => undefined) {
  const log = new EventLog({ facts: FACTS, now: Date.now, isActive: () => true });
  const world = {
    log,
    outcome: "stored" as Outcome,
    sent: [] as { path: string; body: unknown; key: string }[],
    post: async (path: string, body: string, key: string) => {
      world.sent.push({ path, body: JSON.parse(body), key });
      return world.outcome;
    },
    batches: () =>
      world.sent.map(({ body }) =>
        (body as ClientEvent[])
          .map(({ name }) => name)
          .slice(0, -1)
          .join(", "),
      ),
  };
  const delivery = new Delivery({ log, post: world.post, prepare: () => prepare(log), now: Date.now });
  return { ...world, world, delivery };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("batches", () => {
  it("go at once on entering, then with saves, no closer than 10 s", async () => {
    const { log, delivery, batches } = open();
    log.note("Load job");
    await delivery.send();
    for (let save = 0; save < 30; save += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      log.note("Save job");
      delivery.saved();
    }
    await vi.advanceTimersByTimeAsync(10_000);
    const saves = batches().map((names) => names.split("Save job").length - 1);
    expect(saves).toEqual([0, 9, 10, 10, 1]);
  });

  it("go without a save when much waits", async () => {
    const { log, delivery, batches } = open();
    for (let frame = 0; frame < 199; frame += 1) log.note("Change frame");
    delivery.noted();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(batches()).toEqual([]);
    log.note("Change frame");
    delivery.noted();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(batches().length).toBe(1);
  });

  it("carry what is prepared for each", async () => {
    const { log, delivery, batches } = open((log) => log.note("Send task info"));
    log.note("Save job");
    await delivery.send();
    expect(batches()).toEqual(["Save job, Send task info"]);
  });

  it("wait while no server answers, are tried ever more seldom, and all arrive in the end", async () => {
    const { world, log, delivery, sent } = open();
    world.outcome = "not-now";
    for (let minute = 0; minute < 30; minute += 1) {
      log.note("Save job");
      delivery.saved();
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect(sent.length).toBeLessThan(12);
    expect(new Set(sent.map(({ key, body }) => key + JSON.stringify(body))).size).toBe(1);
    world.outcome = "stored";
    delivery.saved();
    await vi.advanceTimersByTimeAsync(320_000);
    const arrived = (sent.slice(-2).map(({ body }) => body) as ClientEvent[][]).flat();
    expect(arrived.filter(({ name }) => name === "Save job").length).toBe(30);
    const worked = arrived.map(({ payload }) => Number(payload?.working_time ?? 0));
    expect(worked.reduce((sum, ms) => sum + ms)).toBe(29 * 60_000);
  });

  it("that are late are not joined by ever more when a page is looked away from again and again", async () => {
    const { world, log, delivery, sent } = open();
    world.outcome = "not-now";
    for (let time = 0; time < 10; time += 1) {
      log.note("Fit image");
      await delivery.send({ leaving: true });
    }
    expect(new Set(sent.map(({ key }) => key)).size).toBe(5);
    expect(log.size).toBe(5);
  });

  it.each([
    ["are dropped when the server refuses them", "refused", ["Fit image", "Copy object"]],
    ["are no more sent to a server that takes none", "never", ["Fit image"]],
  ] as const)("%s", async (_, outcome, expected) => {
    const { world, log, delivery, batches } = open();
    world.outcome = outcome;
    for (const name of ["Fit image", "Copy object"] as const) {
      log.note(name);
      delivery.saved();
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(batches()).toEqual(expected);
  });

  it("end with the last one, on leaving", async () => {
    const { log, delivery, batches } = open();
    log.note("Draw object");
    delivery.close();
    log.note("Fit image");
    delivery.saved();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(batches()).toEqual(["Draw object"]);
  });
});

describe("the way to the server", () => {
  it.each([
    [201, "stored"],
    [400, "refused"],
    [403, "refused"],
    [401, "not-now"],
    [429, "not-now"],
    [500, "not-now"],
    [404, "never"],
    [501, "never"],
  ])("takes status %i for: %s", async (status, outcome) => {
    const fetched = vi.fn(async (_address: string, _init: RequestInit) => Response.json([], { status }));
    vi.stubGlobal("document", { cookie: "csrftoken=abc" });
    vi.stubGlobal("fetch", fetched);
    expect(await postToServer("/server/logs", "[]", "k")).toBe(outcome);
    const [address, { headers, keepalive }] = fetched.mock.calls[0] ?? ["", {}];
    expect([address, keepalive]).toEqual(["/api/v1/server/logs", true]);
    expect(headers).toMatchObject({
      "X-CSRFToken": "abc",
      "Content-Type": "application/json",
      "Idempotency-Key": "k",
    });
  });

  it("takes silence for not now", async () => {
    vi.stubGlobal("document", { cookie: "" });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await postToServer("/server/logs", "[]", "k")).toBe("not-now");
  });

  it("lets only small batches outlive the page: saving needs what browsers allow", async () => {
    const fetched = vi.fn(async (_address: string, _init: RequestInit) => Response.json([], { status: 201 }));
    vi.stubGlobal("document", { cookie: "" });
    vi.stubGlobal("fetch", fetched);
    await postToServer("/server/logs", JSON.stringify("x".repeat(20_000)), "k");
    expect(fetched.mock.calls[0]?.[1].keepalive).toBe(false);
  });
});

describe("exceptions", () => {
  const error = (message: string, more: object = {}) => ({
    message,
    filename: "http://here/assets/a.js",
    line: 3,
    column: 14,
    stack: `Error: ${message}\n  at a.js:3:14`,
    ...more,
  });
  const telling = () => {
    const opened = open();
    const { log, post } = opened;
    const names = { system: "Linux", client: "Browser ".repeat(50) };
    return { ...opened, exceptions: new Exceptions({ facts: FACTS, log, post, now: Date.now, ...names }) };
  };

  it("go to their own address, within its limits", async () => {
    const { exceptions, sent, log } = telling();
    await exceptions.tell(error("m".repeat(5000), { stack: "s".repeat(9000) }));
    const [{ path, body } = { path: "", body: {} }] = sent;
    expect([path, log.size]).toEqual(["/server/exception", 0]);
    const { message, stack, client, ...rest } = body as Record<string, string>;
    expect([message?.length, stack?.length, client?.length]).toEqual([4096, 8192, 255]);
    expect(rest).toMatchObject({ ...FACTS, system: "Linux", line: 3, column: 14 });
  });

  it("join the events when their own address does not take them", async () => {
    const { world, exceptions, log } = telling();
    world.outcome = "not-now";
    await exceptions.tell(error("broken"));
    expect(log.take()[0]).toMatchObject({ name: "Send exception", message: "broken", payload: { line: 3 } });
  });

  it("are told once a minute each, and no more than twenty in all", async () => {
    const { exceptions, sent } = telling();
    for (let time = 0; time < 5; time += 1) await exceptions.tell(error("again"));
    expect(sent.length).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    await exceptions.tell(error("again"));
    for (let n = 0; n < 50; n += 1) await exceptions.tell(error(`number ${n}`));
    expect(sent.length).toBe(20);
  });

  it.each([
    ["without a message", ""],
    ["that are harmless", "ResizeObserver loop completed with undelivered notifications."],
  ])("%s are not told", async (_, message) => {
    const { exceptions, sent } = telling();
    await exceptions.tell(error(message));
    expect(sent).toEqual([]);
  });

  it("of a promise have the page for their place", () => {
    const reason = new TypeError("no such thing");
    const event = { reason } as PromiseRejectionEvent;
    expect(thrownOf(event, "http://here/tasks/3/jobs/7")).toEqual({
      message: "TypeError: no such thing",
      filename: "http://here/tasks/3/jobs/7",
      line: 0,
      column: 0,
      stack: reason.stack,
    });
  });
});
