import { afterEach, expect, it, vi } from "vitest";
import { type Meeting, TabLock } from "../src/sync/tab-lock";

/** Channels of one browser: who posts is heard by all others, a moment later. */
class Channels {
  readonly #open = new Set<{ onmessage: ((event: MessageEvent) => void) | null }>();

  readonly make = (): BroadcastChannel => {
    const channel = {
      onmessage: null as ((event: MessageEvent) => void) | null,
      postMessage: (data: unknown) => {
        for (const other of this.#open)
          if (other !== channel) queueMicrotask(() => other.onmessage?.({ data } as MessageEvent));
      },
      close: () => this.#open.delete(channel),
    };
    this.#open.add(channel);
    return channel as unknown as BroadcastChannel;
  };
}

type Hold = (lock: Lock | null) => Promise<void> | undefined;

/** The Web Locks of one browser, as far as the tabs use them. */
class Locks {
  #holder: (() => void) | undefined;

  readonly request = async (name: string, options: LockOptions, hold: Hold): Promise<void> => {
    if (options.steal) this.#holder?.();
    else if (this.#holder !== undefined) return hold(null);
    let drop: (() => void) | undefined;
    const stolen = new Promise<never>((_, reject) => {
      drop = () => reject(new DOMException("stolen", "AbortError"));
      this.#holder = drop;
    });
    try {
      await Promise.race([hold({ name, mode: "exclusive" }), stolen]);
    } finally {
      if (this.#holder === drop) this.#holder = undefined;
    }
  };

  /** The tab that holds the lock dies. */
  die(): void {
    this.#holder = undefined;
  }
}

const open: TabLock[] = [];

function tab(meeting: Meeting, beforeYield: () => Promise<void> = () => Promise.resolve()): TabLock {
  const made = new TabLock("job", beforeYield, meeting);
  open.push(made);
  return made;
}

const meetings: [string, () => Meeting][] = [
  ["with locks", () => ({ locks: new Locks() as unknown as LockManager, channel: new Channels().make })],
  ["without locks", () => ({ locks: undefined, channel: new Channels().make })],
];

afterEach(() => {
  for (const each of open.splice(0)) each.close();
  vi.useRealTimers();
});

it.each(meetings)("lets one tab work, %s", async (_, meet) => {
  const meeting = meet();
  const [first, second] = [tab(meeting), tab(meeting)];
  expect([await first.claim(), await second.claim()]).toEqual([true, false]);
  first.close();
  expect(await second.claim()).toBe(true);
});

it.each(meetings)("tells a page that does not work whether one does, %s", async (_, meet) => {
  const meeting = meet();
  const looker = tab(meeting);
  expect(await looker.isTaken()).toBe(false);
  const worker = tab(meeting);
  await worker.claim();
  expect(await looker.isTaken()).toBe(true);
  expect(worker.held.value).toBe(true);
  worker.close();
  expect(await looker.isTaken()).toBe(false);
});

it.each(meetings)("lets the later tab take over once the first has saved, %s", async (_, meet) => {
  const meeting = meet();
  const happened: string[] = [];
  const first = tab(meeting, async () => {
    await Promise.resolve();
    happened.push("saved");
  });
  const second = tab(meeting);
  await first.claim();
  await second.claim();
  await second.takeOver();
  happened.push("taken over");
  expect(happened).toEqual(["saved", "taken over"]);
  expect([first.held.value, second.held.value]).toEqual([false, true]);
  await first.takeOver();
  expect([first.held.value, second.held.value]).toEqual([true, false]);
});

it.each(meetings)("passes over a tab that is stuck, %s", async (_, meet) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const meeting = meet();
  const stuck = tab(meeting, () => new Promise<void>(() => undefined));
  const second = tab(meeting);
  const claims = [stuck.claim(), second.claim()];
  await vi.advanceTimersByTimeAsync(500);
  await Promise.all(claims);
  const taking = second.takeOver();
  await vi.advanceTimersByTimeAsync(5000);
  await taking;
  expect(second.held.value).toBe(true);
});

it("takes over from a dead tab at once", async () => {
  const locks = new Locks();
  const meeting = { locks: locks as unknown as LockManager, channel: new Channels().make };
  await tab(meeting).claim();
  const second = tab(meeting);
  await second.claim();
  locks.die();
  await second.takeOver();
  expect(second.held.value).toBe(true);
});

it("gives the job to one of two tabs that open at the same moment", async () => {
  const meeting = { locks: undefined, channel: new Channels().make };
  const tabs = [tab(meeting), tab(meeting), tab(meeting)];
  const held = await Promise.all(tabs.map((each) => each.claim()));
  expect(held.filter(Boolean)).toHaveLength(1);
});

it("lets every tab work where tabs cannot meet", async () => {
  const meeting = { locks: undefined, channel: undefined };
  expect([await tab(meeting).claim(), await tab(meeting).claim()]).toEqual([true, true]);
});
