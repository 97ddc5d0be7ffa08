import { signal } from "@preact/signals";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DeletedFrames, type DeletingBench } from "../src/ui/workbench/deleted-frames";

/** A job of the frames 10 to 19, of which some are deleted. */
function benchOf(deleted: readonly number[], at = 10) {
  const wanted = signal(at);
  const said: string[] = [];
  const bench = {
    job: { taskId: 1, first: 10, last: 19, deleted },
    navigation: { wanted, failure: signal(undefined), isShown: () => true },
    sync: { readOnly: signal(false) },
    isDrawing: () => false,
    say: (key: string) => said.push(key),
    go: (frame: number) => {
      wanted.value = frame;
    },
  };
  return { frames: new DeletedFrames(bench as unknown as DeletingBench), wanted, said };
}

/** The server's answers to changes: `after` frames are deleted then; a number is the status of a refusal. */
function answering(...answers: readonly (readonly number[] | number)[]) {
  const sent: unknown[] = [];
  const left = [...answers];
  vi.stubGlobal("document", { cookie: "" });
  vi.stubGlobal("fetch", async (_address: string, init: RequestInit) => {
    sent.push(JSON.parse(String(init.body)));
    const answer = left.shift() ?? [];
    return typeof answer === "number"
      ? Response.json({ detail: "no" }, { status: answer })
      : Response.json({ deleted_frames: answer });
  });
  return sent;
}

afterEach(() => vi.unstubAllGlobals());

describe("a step", () => {
  test.each([
    ["to the next", [], 10, 1, 11],
    ["past a deleted frame", [11, 12], 10, 1, 13],
    ["back past a deleted frame", [11, 12], 13, -1, 10],
    ["far, onto a deleted frame, goes on", [15], 10, 5, 16],
    ["far, with nothing behind but deleted frames, is less far", [15, 16, 17, 18, 19], 10, 8, 14],
    ["beyond the end stays beyond it", [], 18, 10, 28],
    ["beyond an end that is deleted stops before it", [19], 15, 10, 18],
    ["leads nowhere when all that is left is deleted", [18, 19], 17, 1, undefined],
    ["leads nowhere at an end that is deleted", [19], 19, 1, undefined],
  ] as const)("%s", (_, deleted, from, by, to) => {
    expect(benchOf(deleted).frames.onTheWay(from, by)).toBe(to);
  });

  test("stops at deleted frames when those are shown", () => {
    const { frames } = benchOf([11]);
    frames.toggleShown();
    expect(frames.onTheWay(10, 1)).toBe(11);
  });

  test("to the first and the last frame goes to those that are left", () => {
    const { frames } = benchOf([3, 10, 11, 19]);
    expect([frames.outermost("first"), frames.outermost("last"), frames.count.value]).toEqual([12, 18, 3]);
  });
});

describe("deleting", () => {
  test("goes on to the next frame, and leaves what others deleted", async () => {
    const sent = answering([11, 14]);
    const { frames, wanted } = benchOf([], 14);
    await frames.toggle();
    expect(sent).toEqual([{ delete: [14] }]);
    expect([[...frames.all.value], wanted.value]).toEqual([[11, 14], 15]);
  });

  test("the last frame goes back to the one before", async () => {
    answering([19]);
    const { frames, wanted } = benchOf([], 19);
    await frames.toggle();
    expect(wanted.value).toBe(18);
  });

  test("again restores the frame, and stays on it", async () => {
    const sent = answering([]);
    const { frames, wanted, said } = benchOf([12], 12);
    await frames.toggle();
    expect(sent).toEqual([{ restore: [12] }]);
    expect([frames.isHere.value, wanted.value, said]).toEqual([false, 12, ["workbench.frame.restored"]]);
  });

  test("is taken back when the server refuses", async () => {
    answering(403);
    const { frames, wanted } = benchOf([], 12);
    await frames.toggle();
    expect([frames.count.value, wanted.value]).toEqual([0, 12]);
  });

  test("two frames one after the other keeps both until all is answered", async () => {
    answering([12], [12, 13]);
    const { frames, wanted } = benchOf([], 12);
    const first = frames.toggle();
    wanted.value = 13;
    const second = frames.toggle();
    await first;
    expect([...frames.all.value]).toEqual([12, 13]);
    await second;
    expect([...frames.all.value]).toEqual([12, 13]);
  });
});
