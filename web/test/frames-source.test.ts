import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FrameFailed } from "../src/frames/source";
import { locale } from "../src/i18n";
import { FRAME_BYTES, World } from "./frames-world";

let world: World;

beforeEach(() => {
  world = new World();
});
afterEach(() => vi.unstubAllGlobals());

const isAborted = { name: "AbortError" };

describe("a frame", () => {
  it("comes alone first and then from its chunk, which is fetched once", async () => {
    const frames = world.open();
    expect(await frames.get(1)).toMatchObject({ frame: 1, width: 10, height: 10 });
    await vi.waitFor(() => expect(frames.peek(3)).toBeDefined());
    await frames.get(2);
    expect(world.names().filter((name) => name !== "chunk 1" && name !== "chunk 2")).toEqual([
      "frame 1",
      "chunk 0",
    ]);
  });

  it("is not fetched alone when its chunk is here", async () => {
    const frames = world.open({ pictureBytes: 4 * FRAME_BYTES });
    await frames.get(0);
    await vi.waitFor(() => expect(frames.peek(2)).toBeDefined());
    await frames.get(3);
    expect(world.names()).not.toContain("frame 3");
  });

  it("comes from its chunk if that is quicker", async () => {
    world.hold.add("chunk 2").add("frame 9");
    const frames = world.open();
    frames.prefetch(8, 1);
    await vi.waitFor(() => expect(world.names()).toEqual(["chunk 2"]));
    const picture = frames.get(9);
    await vi.waitFor(() => expect(world.names()).toEqual(["chunk 2", "frame 9"]));
    world.release("chunk 2");
    expect((await picture).frame).toBe(9);
    expect(world.requests[1]?.aborted()).toBe(true);
  });

  it("comes alone while its chunk is still made", async () => {
    world.hold.add("chunk 0");
    const frames = world.open();
    await frames.get(0);
    expect((await frames.get(1)).frame).toBe(1);
    expect(world.names()).toEqual(["frame 0", "chunk 0", "frame 1"]);
  });

  it("asked for twice is one question", () => {
    const frames = world.open();
    expect(frames.get(5)).toBe(frames.get(5));
  });

  it("asked for later ends the wait of the one before, and drops its request", async () => {
    const frames = world.open();
    world.hold.add("frame 0");
    const early = expect(frames.get(0)).rejects.toMatchObject(isAborted);
    await vi.waitFor(() => expect(world.names()).toEqual(["frame 0"]));
    expect((await frames.get(9)).frame).toBe(9);
    await early;
    expect(world.requests[0]?.aborted()).toBe(true);
  });

  it("is said to be unwanted when the source closes", async () => {
    const frames = world.open();
    const waiting = expect(frames.get(0)).rejects.toMatchObject(isAborted);
    frames.close();
    await waiting;
  });
});

describe("a small picture", () => {
  it("comes alone, or out of its chunk, as often as it is asked for", async () => {
    const frames = world.open({ pictureBytes: FRAME_BYTES });
    await frames.get(0);
    await vi.waitFor(() => expect(frames.peek(0)).toBeDefined());
    for (const frame of [9, 9, 2]) expect((await frames.glimpse(frame))?.width).toBe(10);
    world.undecodable.add(3);
    expect(await frames.glimpse(3)).toBeUndefined();
    expect(world.names().filter((name) => name.startsWith("frame"))).toEqual([
      "frame 0",
      "frame 9",
      "frame 9",
    ]);
  });

  it("is not for who has asked for another meanwhile, and its request is dropped", async () => {
    world.hold.add("frame 9");
    const frames = world.open();
    await frames.get(0);
    const early = frames.glimpse(9);
    await vi.waitFor(() => expect(world.names()).toContain("frame 9"));
    expect((await frames.glimpse(10))?.width).toBe(10);
    expect(await early).toBeUndefined();
    expect(world.requests.find(({ name }) => name === "frame 9")?.aborted()).toBe(true);
  });
});

describe("the memory for pictures", () => {
  it("closes what was seen longest ago, never the last two given", async () => {
    const frames = world.open({ pictureBytes: FRAME_BYTES });
    for (const frame of [0, 1, 2]) await frames.get(frame);
    expect(world.closed).toEqual([0]);
    expect([frames.peek(0), frames.peek(1)?.frame, frames.peek(2)?.frame]).toEqual([undefined, 1, 2]);
  });

  it("closes all but the last two given with the source", async () => {
    const frames = world.open();
    await frames.get(0);
    frames.prefetch(0, 1);
    await vi.waitFor(() => expect(world.decoded.length).toBe(9));
    await frames.get(1);
    frames.close();
    expect(world.closed.sort()).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });
});

describe("fetching ahead", () => {
  it("decodes onwards, nearest first, and asks for no chunk twice", async () => {
    const frames = world.open();
    await frames.get(0);
    frames.prefetch(0, 1);
    await vi.waitFor(() => expect(frames.peek(8)).toBeDefined());
    expect(world.decoded).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(world.names()).toEqual(["frame 0", "chunk 0", "chunk 1", "chunk 2"]);
  });

  it("drops a chunk that is not wanted any more", async () => {
    world.hold.add("chunk 0");
    const frames = world.open({ pictureBytes: FRAME_BYTES });
    await frames.get(0);
    await vi.waitFor(() => expect(world.names()).toContain("chunk 0"));
    await frames.get(11);
    frames.prefetch(11, 1);
    await vi.waitFor(() => expect(world.names()).toContain("chunk 2"));
    expect(world.requests.find(({ name }) => name === "chunk 0")?.aborted()).toBe(true);
  });
});

describe("what goes wrong", () => {
  const BROKEN = "cannot get requested data type: chunk, number: 0\np1.jpg is truncated";

  it("is told in the server's words without the query, asked for in our language", async () => {
    world.refusals.set("frame 1", [
      400,
      "cannot get requested data type: frame, number: 1\np1.jpg is truncated",
    ]);
    locale.value = "zh-CN";
    const frames = world.open();
    await expect(frames.get(1)).rejects.toEqual(new FrameFailed("p1.jpg is truncated"));
    expect(world.language).toBe("zh-CN");
    locale.value = "en-US";
  });

  it("leaves the other frames of a chunk that the server cannot make", async () => {
    world.refusals.set("chunk 0", [400, BROKEN]).set("frame 1", [400, "p1.jpg is truncated"]);
    const frames = world.open();
    await frames.get(0);
    frames.prefetch(0, 1);
    await vi.waitFor(() => expect(frames.peek(3)).toBeDefined());
    await expect(frames.get(1)).rejects.toThrow("truncated");
    expect((await frames.get(2)).frame).toBe(2);
    expect(world.names().filter((name) => name === "chunk 0")).toHaveLength(1);
  });

  it("is one frame's when one member cannot be decoded", async () => {
    world.undecodable.add(1);
    const frames = world.open();
    await frames.get(0);
    await vi.waitFor(() => expect(frames.peek(2)).toBeDefined());
    await expect(frames.get(1)).rejects.toEqual(new FrameFailed("The browser cannot decode this picture."));
    expect((await frames.get(3)).frame).toBe(3);
  });

  it("is got round when a chunk is no zip", async () => {
    world.refusals.set("chunk 0", "garbled");
    const frames = world.open();
    await frames.get(0);
    expect((await frames.get(2)).frame).toBe(2);
    await vi.waitFor(() => expect(frames.peek(3)).toBeDefined());
  });

  it("passes: a lost network is asked again, the chunk after a rest", async () => {
    world.refusals.set("frame 0", "lost").set("frame 1", "lost").set("chunk 0", "lost");
    const frames = world.open();
    await expect(frames.get(0)).rejects.toThrow("does not answer");
    world.refusals.clear();
    expect((await frames.get(0)).frame).toBe(0);
    world.time = 10_000;
    frames.prefetch(0, 1);
    await vi.waitFor(() => expect(frames.peek(3)).toBeDefined());
  });

  it("is told when the file is another one by now", async () => {
    const frames = world.open({ sizeOf: () => ({ width: 20, height: 10 }) });
    await expect(frames.get(0)).rejects.toThrow("20×10");
    expect(world.closed).toEqual([0]);
  });

  it("is told when there is no worker, and tried again", async () => {
    const frames = world.open({
      startWorker: () => {
        throw new DOMException("not here", "SecurityError");
      },
    });
    await expect(frames.get(0)).rejects.toThrow("web worker");
    await expect(frames.get(0)).rejects.toThrow("web worker");
  });
});
