import { describe, expect, it } from "vitest";
import { type AheadOptions, planAhead } from "../src/frames/ahead";
import { BytesLru } from "../src/frames/bytes-lru";
import { fitSize } from "../src/frames/task-frames";

describe("a memory with a limit", () => {
  function open(limitBytes: number, kept: readonly string[] = []) {
    const gone: string[] = [];
    const memory = new BytesLru<string, number>({
      limitBytes,
      bytesOf: (bytes) => bytes,
      isKept: (key) => kept.includes(key),
      onGone: (_, key) => gone.push(key),
    });
    return { memory, gone };
  }

  it("lets go what was used longest ago, and no more than it must", () => {
    const { memory, gone } = open(30);
    for (const key of ["a", "b", "c"]) memory.put(key, 10);
    memory.use("a");
    memory.put("d", 10);
    expect([gone, [...memory.keys()], memory.bytes]).toEqual([["b"], ["c", "a", "d"], 30]);
  });

  it("does not count a look as a use", () => {
    const { memory, gone } = open(20);
    memory.put("a", 10);
    memory.put("b", 10);
    expect(memory.has("a")).toBe(true);
    memory.put("c", 10);
    expect(gone).toEqual(["a"]);
  });

  it("keeps what is kept, though the limit is passed", () => {
    const { memory, gone } = open(20, ["a", "b"]);
    for (const key of ["a", "b", "c"]) memory.put(key, 10);
    expect([gone, memory.bytes]).toEqual([[], 30]);
    memory.put("d", 10);
    expect([gone, memory.bytes]).toEqual([["c"], 30]);
  });

  it("takes a value that alone is over the limit", () => {
    const { memory, gone } = open(20);
    memory.put("a", 10);
    memory.put("big", 50);
    expect([gone, memory.use("big"), memory.bytes]).toEqual([["a"], 50, 50]);
  });

  it("counts a replaced value once and says that the old one has gone", () => {
    const { memory, gone } = open(30);
    memory.put("a", 10);
    memory.put("a", 20);
    expect([gone, memory.bytes]).toEqual([["a"], 20]);
  });

  it("clears all but what is kept", () => {
    const { memory, gone } = open(30, ["b"]);
    for (const key of ["a", "b", "c"]) memory.put(key, 10);
    memory.clear();
    expect([gone, memory.bytes]).toEqual([["a", "c"], 10]);
  });
});

describe("what lies ahead", () => {
  const plan = (given: Partial<AheadOptions>) =>
    planAhead({
      frame: 10,
      direction: 1,
      first: 0,
      last: 99,
      chunkSize: 36,
      bytesOf: () => 1,
      limitBytes: 100,
      ...given,
    });

  it.each<[string, Partial<AheadOptions>, number[], number[]]>([
    ["eight onwards, one behind", {}, [11, 12, 13, 14, 15, 16, 17, 18, 9], [0]],
    ["eight backwards, one behind", { direction: -1 }, [9, 8, 7, 6, 5, 4, 3, 2, 11], [0]],
    ["nothing beyond the job's last frame", { last: 12 }, [11, 12, 9], [0]],
    ["nothing before the job's first frame", { first: 10, direction: -1 }, [11], [0]],
    ["no more than the memory holds", { limitBytes: 3 }, [11, 12, 13], [0]],
    ["nothing when one picture fills the memory", { limitBytes: 0 }, [], [0]],
    ["the next chunk from its middle on", { frame: 18 }, [19, 20, 21, 22, 23, 24, 25, 26, 17], [0, 1]],
    [
      "the chunk before when going back",
      { frame: 50, direction: -1 },
      [49, 48, 47, 46, 45, 44, 43, 42, 51],
      [1, 0],
    ],
    ["no chunk beyond the job", { frame: 30, last: 35 }, [31, 32, 33, 34, 35, 29], [0]],
    [
      "what plays, and none behind, with two chunks",
      { pace: { stride: 1, count: 3 } },
      [11, 12, 13],
      [0, 1, 2],
    ],
    [
      "the same frames whichever is shown at a stride",
      { pace: { stride: 4, count: 3 } },
      [12, 16, 20],
      [0, 1, 2],
    ],
    ["the last frame at the end of a stride", { frame: 93, pace: { stride: 4, count: 5 } }, [96, 99], [2]],
  ])("is %s", (_, given, frames, chunks) => {
    expect(plan(given)).toEqual({ frames, chunks });
  });
});

describe("the size a picture is decoded at", () => {
  it.each([
    ["its own for a photograph", 1920, 1080, undefined],
    ["its own at the limit", 8192, 8192, undefined],
    ["smaller for too long a side", 32768, 100, { width: 16384, height: 50 }],
    ["smaller for too many pixels", 16384, 16384, { width: 8192, height: 8192 }],
    ["never without height", 65500, 1, { width: 16384, height: 1 }],
  ])("is %s", (_, width, height, expected) => {
    expect(fitSize({ width, height })).toEqual(expected);
  });
});
