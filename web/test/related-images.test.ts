import { signal } from "@preact/signals";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../src/api";
import { imageFrames, type RelatedImage } from "../src/ui/workbench/job";
import { type RelatedBench, RelatedImages } from "../src/ui/workbench/related-images";

/** Frames of the task and the related images they have: the first three cameras, the second one of them, the third none. */
const META = {
  chunk_size: 9,
  size: 4,
  start_frame: 5,
  frame_filter: "step=2",
  deleted_frames: [],
  frames: [["a/left.png", "a/rear.png", "a/top.png"], ["b/rear.png"], undefined, ["d/1.png", "d/2.png"]].map(
    (related_images, frame) => ({
      name: `${frame}.jpg`,
      width: 8,
      height: 6,
      ...(related_images === undefined ? {} : { related_images }),
    }),
  ),
};

/** A turn of the event loop, so that what was answered is taken in. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** A server that answers when it is told to, and what was asked of it. */
function world() {
  const seen = signal<number | undefined>(0);
  const said: string[] = [];
  const asked: {
    image: RelatedImage;
    signal: AbortSignal;
    answer: (is: "good" | Error) => Promise<unknown>;
  }[] = [];
  const bench = {
    job: { taskId: 1, frameAt: imageFrames(META) },
    navigation: { wanted: seen, seen },
    say: (key: string) => said.push(key),
  };
  const related = new RelatedImages(bench as unknown as RelatedBench, (_, image, ended) => {
    return new Promise((resolve, reject) => {
      ended.addEventListener("abort", () => reject(ended.reason));
      const answer = (is: "good" | Error): Promise<unknown> => {
        if (is === "good") resolve({} as HTMLImageElement);
        else reject(is);
        return settled();
      };
      asked.push({ image, signal: ended, answer });
    });
  });
  const names = () => asked.map(({ image }) => image.name);
  return { related, seen, said, asked, names };
}

afterEach(() => vi.unstubAllGlobals());

describe("which is looked at", () => {
  test("the server knows it by the number in the source and its place", () => {
    const { related, seen } = world();
    seen.value = 3;
    expect(related.all.value).toEqual([
      { name: "d/1.png", sourceFrame: 11, position: 0 },
      { name: "d/2.png", sourceFrame: 11, position: 1 },
    ]);
  });

  test("on another frame it is that of the same name, else that at the same place", () => {
    const { related, seen } = world();
    related.step(1);
    const names = [0, 1, 3, 2, 0].map((frame) => {
      seen.value = frame;
      return related.current.value?.name;
    });
    expect(names).toEqual(["a/rear.png", "b/rear.png", "d/2.png", undefined, "a/rear.png"]);
  });

  test("after the last comes the first", () => {
    const { related } = world();
    const names = ([1, 1, 1, -1] as const).map((by) => {
      related.step(by);
      return related.current.value?.position;
    });
    expect(names).toEqual([1, 2, 0, 2]);
  });

  test("a step shows them first where they were closed; a frame without any says so", () => {
    const { related, seen, said } = world();
    related.toggle();
    related.step(1);
    expect([related.isOpen.value, related.current.value?.position]).toEqual([true, 0]);
    seen.value = 2;
    related.toggle();
    expect([related.isOpen.value, said]).toEqual([true, ["related.none"]]);
  });
});

test("whether they are open, where and how large is remembered", () => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
  const { related } = world();
  related.toggle();
  related.moveOn();
  related.toggleSize();
  const { related: later } = world();
  expect([later.isOpen.value, later.corner.value, later.isLarge.value]).toEqual([false, "bottom-end", true]);
});

describe("fetching", () => {
  test("nothing comes that nobody looks at", async () => {
    const { related, seen, names } = world();
    seen.value = 1;
    expect(names()).toEqual([]);
    const stop = related.watch();
    stop();
    await settled();
    seen.value = 0;
    expect(names()).toEqual(["b/rear.png"]);
    expect(related.outcome.value).toBeUndefined();
  });

  test("one at a time, and of those passed by meanwhile none", async () => {
    const { related, seen, asked, names } = world();
    related.watch();
    for (const frame of [1, 3, 1]) seen.value = frame;
    await asked[0]?.answer("good");
    expect(related.outcome.value?.image.name).toBe("a/left.png");
    await asked[1]?.answer("good");
    expect(names()).toEqual(["a/left.png", "b/rear.png"]);
    expect(related.outcome.value?.image.name).toBe("b/rear.png");
  });

  test("closed and opened again while it comes, it is asked for once more", async () => {
    const { related, asked, names } = world();
    related.watch()();
    related.watch();
    await settled();
    expect([names(), asked[0]?.signal.aborted]).toEqual([["a/left.png", "a/left.png"], true]);
    await asked[1]?.answer("good");
    expect(related.outcome.value?.name).toBe("there");
  });

  test("a failure says why, without the line about the query, and is tried again on demand", async () => {
    const { related, asked } = world();
    related.watch();
    const sentence = "cannot get requested data type: context_image, number: 5\nx.png is truncated";
    await asked[0]?.answer(new ApiError(400, sentence, undefined, new Headers()));
    expect(related.outcome.value).toMatchObject({ name: "failed", reason: "x.png is truncated" });
    related.retry();
    await asked[1]?.answer("good");
    expect(related.outcome.value?.name).toBe("there");
  });
});
