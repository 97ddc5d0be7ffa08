import { describe, expect, test } from "vitest";
import {
  fitted,
  kept,
  panned,
  pinched,
  resized,
  revealing,
  toImage,
  toView,
  wheelZoom,
  zoomed,
} from "../src/stage/camera";

const IMAGE = { width: 1920, height: 1080 };
const VIEW = { width: 1000, height: 700 };

describe("a whole picture", () => {
  test("lies in the middle with the margin on its tighter side", () => {
    const camera = fitted(IMAGE, VIEW);
    const low = toView(camera, { x: 0, y: 0 });
    const high = toView(camera, { x: 1920, y: 1080 });
    expect(low.x).toBeCloseTo(16);
    expect(high.x).toBeCloseTo(984);
    expect(low.y + high.y).toBeCloseTo(700);
  });

  test("is never enlarged beyond the limit", () => {
    expect(fitted({ width: 2, height: 2 }, VIEW).scale).toBe(64);
  });

  test("fits a view of a few pixels", () => {
    expect(fitted(IMAGE, { width: 3, height: 2 }).scale).toBeGreaterThan(0);
  });
});

describe("points", () => {
  test.each([0.037, 1, 7.3, 64])("come back from the view at scale %d", (scale) => {
    const camera = { scale, x: -123.45, y: 67.8 };
    const there = toImage(camera, toView(camera, { x: 1234.56, y: 789.01 }));
    expect(there.x).toBeCloseTo(1234.56, 9);
    expect(there.y).toBeCloseTo(789.01, 9);
  });
});

describe("zooming", () => {
  test("keeps the image point under the pointer", () => {
    const around = { x: 700, y: 200 };
    const camera = fitted(IMAGE, VIEW);
    const before = toImage(camera, around);
    const after = toImage(zoomed(camera, 3.7, around, IMAGE, VIEW), around);
    expect(after.x).toBeCloseTo(before.x, 9);
    expect(after.y).toBeCloseTo(before.y, 9);
  });

  test.each([
    { factor: 1e9, scale: 64 },
    { factor: 1e-9, scale: fitted(IMAGE, VIEW).scale * 0.05 },
  ])("by $factor stops at the limit", ({ factor, scale }) => {
    const camera = zoomed(fitted(IMAGE, VIEW), factor, { x: 500, y: 350 }, IMAGE, VIEW);
    expect(camera.scale).toBeCloseTo(scale);
  });

  test("in and out again comes back", () => {
    const start = { scale: 2, x: -500, y: -300 };
    const around = { x: 321, y: 123 };
    const back = zoomed(zoomed(start, 1.3, around, IMAGE, VIEW), 1 / 1.3, around, IMAGE, VIEW);
    expect(back.x).toBeCloseTo(start.x, 9);
    expect(back.y).toBeCloseTo(start.y, 9);
  });
});

describe("panning", () => {
  test.each([
    { by: { x: 1e6, y: 0 }, seen: { x: 936, y: 64 } },
    { by: { x: -1e6, y: 0 }, seen: { x: 0, y: 64 } },
    { by: { x: 0, y: 1e6 }, seen: { x: 64, y: 636 } },
    { by: { x: 0, y: -1e6 }, seen: { x: 64, y: 0 } },
  ])("by $by leaves a strip of the picture in sight", ({ by }) => {
    const camera = panned(fitted(IMAGE, VIEW), by, IMAGE, VIEW);
    const low = toView(camera, { x: 0, y: 0 });
    const high = toView(camera, { x: 1920, y: 1080 });
    expect(Math.min(high.x, 1000) - Math.max(low.x, 0)).toBeGreaterThanOrEqual(64 - 1e-9);
    expect(Math.min(high.y, 700) - Math.max(low.y, 0)).toBeGreaterThanOrEqual(64 - 1e-9);
  });

  test("within sight is not hindered", () => {
    const camera = { scale: 1, x: 10, y: 20 };
    expect(kept(camera, IMAGE, VIEW)).toEqual(camera);
  });
});

describe("revealing a box", () => {
  const camera = { scale: 1, x: -100, y: -100 };

  test("in view moves nothing", () => {
    expect(revealing(camera, { left: 300, top: 300, right: 400, bottom: 400 }, IMAGE, VIEW)).toBe(camera);
  });

  test("to the right moves just far enough, and along no other axis", () => {
    const moved = revealing(camera, { left: 1500, top: 300, right: 1600, bottom: 400 }, IMAGE, VIEW);
    expect(moved).toEqual({ scale: 1, x: 1000 - 32 - 1600, y: -100 });
  });

  test("larger than the view zooms out until it is whole", () => {
    const moved = revealing(
      { scale: 8, x: 0, y: 0 },
      { left: 0, top: 0, right: 900, bottom: 100 },
      IMAGE,
      VIEW,
    );
    expect(moved.scale).toBeCloseTo((1000 - 64) / 900);
    expect(toView(moved, { x: 0, y: 0 }).x).toBeGreaterThanOrEqual(32 - 1e-9);
    expect(toView(moved, { x: 900, y: 0 }).x).toBeLessThanOrEqual(968 + 1e-9);
  });

  test("of a single point does not divide by nothing", () => {
    const moved = revealing(camera, { left: 1800, top: 900, right: 1800, bottom: 900 }, IMAGE, VIEW);
    expect(moved).toEqual({ scale: 1, x: 968 - 1800, y: 668 - 900 });
  });
});

describe("a view that changes its size", () => {
  const wider = { width: 1400, height: 700 };

  test("shows a whole picture whole again", () => {
    expect(resized(fitted(IMAGE, VIEW), IMAGE, VIEW, wider)).toEqual(fitted(IMAGE, wider));
  });

  test("keeps what was in the middle of it", () => {
    const camera = { scale: 2, x: -500, y: -300 };
    const after = resized(camera, IMAGE, VIEW, wider);
    expect(toImage(after, { x: 700, y: 350 })).toEqual(toImage(camera, { x: 500, y: 350 }));
  });
});

describe("the wheel", () => {
  test.each([
    { name: "a notch up", event: { deltaY: -120, deltaMode: 0, ctrlKey: false }, factor: 1.226, notch: true },
    {
      name: "a notch down",
      event: { deltaY: 120, deltaMode: 0, ctrlKey: false },
      factor: 0.815,
      notch: true,
    },
    { name: "three lines", event: { deltaY: 3, deltaMode: 1, ctrlKey: false }, factor: 0.849, notch: true },
    { name: "a page", event: { deltaY: 1, deltaMode: 2, ctrlKey: false }, factor: 0.665, notch: true },
    { name: "a pinch", event: { deltaY: -4, deltaMode: 0, ctrlKey: true }, factor: 1.041, notch: false },
    { name: "a trackpad", event: { deltaY: 4, deltaMode: 0, ctrlKey: false }, factor: 0.993, notch: false },
    {
      name: "Ctrl and a notch",
      event: { deltaY: -120, deltaMode: 0, ctrlKey: true },
      factor: 1.226,
      notch: true,
    },
  ])("by $name zooms by $factor", ({ event, factor, notch }) => {
    const zoom = wheelZoom(event);
    expect(Math.exp(zoom.log)).toBeCloseTo(factor, 3);
    expect(zoom.notch).toBe(notch);
  });
});

describe("two fingers", () => {
  const start = { scale: 1, x: -300, y: -200 };

  test("keep the image points they took", () => {
    const from = [
      { x: 300, y: 300 },
      { x: 500, y: 300 },
    ] as const;
    const to = [
      { x: 250, y: 350 },
      { x: 650, y: 350 },
    ] as const;
    const camera = pinched(start, from, to, IMAGE, VIEW);
    expect(camera.scale).toBe(2);
    for (const index of [0, 1] as const)
      expect(toImage(camera, to[index])).toEqual(toImage(start, from[index]));
  });
});
