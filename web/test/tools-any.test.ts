import { describe, expect, it } from "vitest";
import { SHAPE_TYPES } from "../src/core/model";
import { shapeTypes } from "../src/core/types";
import { TOOLS } from "../src/tools/registry";
import { Hand } from "./hand";
import { randomShape, seeded } from "./random";

const IMAGE = { width: 200, height: 100 };
const tools = Object.keys(TOOLS) as (keyof typeof TOOLS)[];

function act(hand: Hand, random: () => number): string {
  const place = () => [random() * 260 - 30, random() * 160 - 30] as const;
  const keys = { shift: random() < 0.2, ctrl: random() < 0.2, alt: random() < 0.2 };
  const acts: Record<string, () => Hand> = {
    click: () => hand.click(place(), keys),
    // Without Shift: that leaves a point on the way, and the click takes just it back.
    "right click": () => hand.click(place(), { ...keys, shift: false, button: "right" }),
    drag: () => hand.drag(place(), place(), keys),
    "double click": () => hand.double(place()),
    complete: () => hand.press("complete"),
    back: () => hand.press("back"),
    cancel: () => hand.press("cancel"),
  };
  const names = Object.keys(acts);
  const name = names[Math.floor(random() ** 2 * names.length)] ?? "click";
  acts[name]?.();
  return name;
}

/** The draft as it looks from one and the same place of the pointer. */
function draft(hand: Hand): string | undefined {
  return JSON.stringify(hand.move([-30, -30]).preview.draft);
}

describe.each(tools)("with %s, whatever a hand does", (id) => {
  it("is answered: something is drawn, changed, selected or said, or a draft is another", () => {
    const random = seeded(11);
    for (let round = 0; round < 60; round++) {
      const shapes = SHAPE_TYPES.map((type) => randomShape(random, type, type, IMAGE));
      const hand = new Hand(id, shapes);
      for (let turn = 0; turn < 25; turn++) {
        const before = draft(hand);
        hand.effects = [];
        const done = act(hand, random);
        const answered = hand.effects.length > 0 || draft(hand) !== before;
        // In the selecting tool, adding nothing and aiming at nothing leave things as they are, as anywhere.
        if (id !== "select" || !["click", "right click"].includes(done))
          expect([done, answered]).toEqual([done, true]);
      }
    }
  });

  it("leaves all shapes in the image, on 1/100 px, with points enough, and big enough", () => {
    const random = seeded(12);
    for (let round = 0; round < 60; round++) {
      const hand = new Hand(
        id,
        SHAPE_TYPES.map((type) => randomShape(random, type, type, IMAGE)),
      );
      hand.pixel = 0.1 + random() * 4;
      for (let turn = 0; turn < 25; turn++) act(hand, random);
      for (const { type, points } of hand.shapes) {
        const { left, top, right, bottom } = shapeTypes[type].bounds(points);
        expect(left >= 0 && top >= 0 && right <= 200 && bottom <= 100).toBe(true);
        expect(points.every((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6)).toBe(true);
        expect(points.length / 2).toBeGreaterThanOrEqual(shapeTypes[type].least);
        if (shapeTypes[type].closed)
          expect(Math.min(right - left, bottom - top)).toBeGreaterThanOrEqual(3 - 1e-6);
      }
    }
  });

  it("ends with Esc: nothing is half done, nothing is left to see but the crosshair", () => {
    const random = seeded(13);
    const hand = new Hand(
      id,
      SHAPE_TYPES.map((type) => randomShape(random, type, type, IMAGE)),
    );
    for (let turn = 0; turn < 300; turn++) {
      act(hand, random);
      if (turn % 3 === 0) hand.down([random() * 200, random() * 100]).move([random() * 200, random() * 100]);
      hand.press("cancel");
      const { crosshair: _, ...rest } = hand.preview;
      expect([hand.busy, rest]).toEqual([false, {}]);
    }
  });
});
