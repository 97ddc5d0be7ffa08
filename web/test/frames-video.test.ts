/** Frames of videos: what is asked of the server, how its MP4 files are read, and what is done when they cannot be. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { VideoEdge } from "../src/frames/loader";
import { NotReadable, readMp4 } from "../src/frames/mp4";
import { videoFrames } from "../src/ui/workbench/job";
import { CHUNK_SIZE, World } from "./frames-world";

let world: World;

beforeEach(() => {
  world = new World();
});
afterEach(() => vi.unstubAllGlobals());

const ZIPS = { name: "video", chunks: "imageset" } as const;
const MP4S = { name: "video", chunks: "video" } as const;

/** Decodes whatever it is given to bitmaps of `side` pixels; `passed` are the frames it came by, in each chunk. */
function decoderOf(side: number, passed: number[] = []): VideoEdge {
  return {
    decode: async (_chunk, index, wish) => {
      for (let each = 0; each <= index; each += 1) {
        passed.push(each);
        if (wish.wanted(each) !== undefined)
          wish.give(each, { width: side, height: side, close: () => undefined } as ImageBitmap);
      }
    },
  };
}

describe("a video's frames", () => {
  it("come as zips of JPEGs where the browser takes no videos, and alone as a JPEG", async () => {
    const frames = world.open({ medium: ZIPS });
    await frames.get(1);
    await vi.waitFor(() => expect(frames.peek(3)).toBeDefined());
    expect(world.names().slice(0, 2)).toEqual(["frame 1 as jpeg", "chunk 0 as imageset"]);
  });

  it("are given on the way to the one that was asked for", async () => {
    const passed: number[] = [];
    world.video = decoderOf(10, passed);
    const frames = world.open({ medium: MP4S });
    frames.prefetch(CHUNK_SIZE, -1);
    await vi.waitFor(() => expect(frames.peek(0)).toBeDefined());
    expect([1, 2, 3].map((frame) => frames.peek(frame)?.frame)).toEqual([1, 2, 3]);
    expect(passed.filter((index) => index === 3)).toHaveLength(1);
    expect(world.names()).toContain("chunk 0 as video");
  });

  it("that are smaller in their chunk come whole when they are asked for so", async () => {
    world.video = decoderOf(5);
    world.hold.add("frame 2 as jpeg");
    const frames = world.open({ medium: MP4S });
    frames.prefetch(0, 1);
    await vi.waitFor(() => expect(frames.peek(2)).toMatchObject({ isReduced: true, width: 10 }));
    const whole = frames.getWhole(2);
    await vi.waitFor(() => expect(world.held.has("frame 2 as jpeg")).toBe(true));
    world.release("frame 2 as jpeg");
    expect(await whole).toMatchObject({ isReduced: false, bitmap: { width: 10 } });
    expect(frames.peek(2)?.isReduced).toBe(false);
  });

  it("come as zips from the moment that a video cannot be decoded", async () => {
    const frames = world.open({ medium: MP4S });
    frames.prefetch(0, 1);
    await vi.waitFor(() => expect(frames.peek(3)).toBeDefined());
    const chunks = world.names().filter((name) => name.startsWith("chunk 0"));
    expect(chunks).toEqual(["chunk 0 as video", "chunk 0 as imageset"]);
  });

  it("are numbered by where they lie in the video", () => {
    const meta = { chunk_size: 36, size: 7, start_frame: 3, frame_filter: "step=4", deleted_frames: [] };
    const at = videoFrames({ ...meta, frames: [{ width: 64, height: 48, name: "v.mp4" }] });
    expect([at(0)?.sourceFrame, at(6), at(7)]).toEqual([
      3,
      { width: 64, height: 48, name: "v.mp4", sourceFrame: 27 },
      undefined,
    ]);
  });
});

describe("a frame the slider passes by", () => {
  it("brings no chunk with it", async () => {
    const frames = world.open();
    await frames.get(5, true);
    await new Promise((resolve) => setTimeout(resolve));
    expect(world.names()).toEqual(["frame 5"]);
  });
});

describe("the frames of an MP4 file", () => {
  const box = (name: string, ...content: (number[] | Uint8Array)[]): Uint8Array => {
    const body = content.flatMap((part) => [...part]);
    const head = [...u32(body.length + 8), ...[...name].map((letter) => letter.charCodeAt(0))];
    return new Uint8Array([...head, ...body]);
  };
  const u32 = (...numbers: number[]): number[] =>
    numbers.flatMap((each) => [24, 16, 8, 0].map((shift) => (each >>> shift) & 255));
  const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

  /** Frames of 3, 2 and 4 bytes in two runs: two of them at `at`, the last one behind a gap of one byte. */
  function file(at = 8, sizes = [3, 2, 4]): Uint8Array<ArrayBuffer> {
    const avcC = box("avcC", [1, 0x42, 0xc0, 0x1f, 255]);
    const entry = box("avc1", zeros(24), [5, 0, 2, 208], zeros(50), avcC);
    const table = box(
      "stbl",
      box("stsd", u32(0, 1), entry),
      box("stsz", u32(0, 0, sizes.length, ...sizes)),
      box("stsc", u32(0, 2, 1, 2, 1, 2, 1, 1)),
      box("stco", u32(0, 2, at, at + 6)),
      box("stss", u32(0, 1, 1)),
    );
    const media = box("mdat", [1, 1, 1, 2, 2, 0, 3, 3, 3, 3]);
    const moov = box("moov", box("trak", box("mdia", box("minf", table))));
    return new Uint8Array([...media, ...moov]);
  }

  it("lie where its tables say, and the codec is what the file says", () => {
    const { config, samples } = readMp4(file());
    expect(samples.map(({ bytes, isKey }) => [[...bytes], isKey])).toEqual([
      [[1, 1, 1], true],
      [[2, 2], false],
      [[3, 3, 3, 3], false],
    ]);
    expect(config).toMatchObject({ codec: "avc1.42c01f", codedWidth: 1280, codedHeight: 720 });
  });

  it.each([
    ["lies beyond its end", () => file(8000)],
    ["is longer than it", () => file(8, [3, 2, 4_000_000])],
    ["is cut off", () => file().slice(0, 40)],
    [
      "is no MP4",
      () => new TextEncoder().encode("PK but no video, and long enough") as Uint8Array<ArrayBuffer>,
    ],
  ])("are refused when the file %s", (_, make) => {
    expect(() => readMp4(make())).toThrow(NotReadable);
  });
});
