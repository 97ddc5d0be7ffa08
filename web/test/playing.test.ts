import { beforeEach, describe, expect, it } from "vitest";
import type { Pace } from "../src/frames/ahead";
import { FrameFailed, type FrameSource, type Picture } from "../src/frames/source";
import { Navigation } from "../src/ui/workbench/navigation";
import { type Clock, Playing } from "../src/ui/workbench/playing";

/** A source that has the frames it is told to have, and a screen that shows 60 pictures a second. */
class Screen implements FrameSource, Clock {
  time = 0;
  readonly here = new Set<number>();
  /** Whether a frame that is asked for by itself comes. */
  isReachable = true;
  pace: Pace | undefined;
  /** Called before each picture of the screen. */
  beforeTick: () => void = () => undefined;
  #act: (() => void) | undefined;

  now(): number {
    return this.time;
  }

  next(act: () => void): () => void {
    this.#act = act;
    return () => {
      this.#act = undefined;
    };
  }

  run(ms: number): void {
    const end = this.time + ms;
    while (this.time < end) {
      this.time += 1000 / 60;
      this.beforeTick();
      const act = this.#act;
      this.#act = undefined;
      act?.();
    }
  }

  have(first: number, last: number): void {
    for (let frame = first; frame <= last; frame += 1) this.here.add(frame);
  }

  peek(frame: number): Picture | undefined {
    return this.here.has(frame)
      ? { frame, bitmap: {} as ImageBitmap, width: 1, height: 1, isReduced: false }
      : undefined;
  }

  async get(frame: number): Promise<Picture> {
    if (!this.isReachable) throw new FrameFailed("the server does not answer");
    this.here.add(frame);
    return this.peek(frame) as Picture;
  }

  getWhole(frame: number): Promise<Picture> {
    return this.get(frame);
  }

  async glimpse(): Promise<undefined> {}

  prefetch(_frame: number, _direction: 1 | -1, pace?: Pace): void {
    this.pace = pace;
  }

  close(): void {}
}

let screen: Screen;
let navigation: Navigation;
let shown: number[];

function open(last: number, isPassed: (frame: number) => boolean = () => false): Playing {
  navigation = new Navigation(screen, 0, last);
  shown = [];
  navigation.picture.subscribe((picture) => {
    if (picture !== undefined) shown.push(picture.frame);
  });
  return new Playing(navigation, isPassed, screen);
}

beforeEach(() => {
  screen = new Screen();
});

describe("playing", () => {
  it("shows each frame in its time, and stops at the last one", async () => {
    screen.have(0, 99);
    const playing = open(49);
    await playing.start();
    screen.run(1010);
    expect([navigation.wanted.value, playing.isOn.value]).toEqual([25, true]);
    screen.run(1000);
    expect([navigation.wanted.value, playing.isOn.value]).toEqual([49, false]);
    expect(shown).toEqual(Array.from({ length: 50 }, (_, frame) => frame));
  });

  it("begins anew where there is nothing behind", async () => {
    screen.have(0, 9);
    const playing = open(9);
    await navigation.go(9);
    await playing.start();
    expect(navigation.wanted.value).toBe(0);
  });

  it("drops frames that are not decoded in time, says so, and decodes fewer", async () => {
    for (let frame = 0; frame <= 200; frame += 4) screen.here.add(frame);
    const playing = open(200);
    await playing.start();
    screen.run(2100);
    expect(navigation.wanted.value).toBe(52);
    expect(playing.pulse.value).toEqual({ name: "dropping", shown: 6 });
    expect(screen.pace?.stride).toBeGreaterThan(1);
  });

  it("waits where no frame comes at all, and then goes on without a jump", async () => {
    screen.have(0, 10);
    const playing = open(99);
    await playing.start();
    screen.run(3000);
    expect([navigation.wanted.value, playing.pulse.value.name]).toEqual([10, "waiting"]);
    screen.have(11, 99);
    screen.run(1000);
    expect(navigation.wanted.value).toBeGreaterThan(30);
    expect(navigation.wanted.value).toBeLessThan(37);
    expect(playing.pulse.value.name).toBe("smooth");
  });

  it("gives up in the end and lets the frame say why", async () => {
    screen.have(0, 3);
    const playing = open(99);
    await playing.start();
    screen.isReachable = false;
    screen.run(10_000);
    await Promise.resolve();
    expect([playing.isOn.value, navigation.wanted.value]).toEqual([false, 4]);
    expect(navigation.failure.value).toBe("the server does not answer");
  });

  it("ends when somebody goes elsewhere", async () => {
    screen.have(0, 99);
    const playing = open(99);
    await playing.start();
    screen.run(200);
    await navigation.go(70);
    screen.run(200);
    expect([playing.isOn.value, navigation.wanted.value]).toEqual([false, 70]);
  });

  it("takes no time for frames that are passed over", async () => {
    screen.have(0, 99);
    const playing = open(99, (frame) => (frame >= 5 && frame < 80) || frame > 90);
    await playing.start();
    screen.run(2000);
    expect(shown).toEqual([0, 1, 2, 3, 4, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90]);
    expect([playing.isOn.value, playing.pulse.value.name]).toEqual([false, "smooth"]);
  });

  it("plays no time that the page slept", async () => {
    screen.have(0, 999);
    const playing = open(999);
    await playing.start();
    screen.run(200);
    screen.time += 20_000;
    screen.run(200);
    expect(navigation.wanted.value).toBeLessThan(12);
  });

  it.each([
    [25, 1],
    [60, 1],
    [100, 2],
  ])("at %i frames a second decodes one in %i", async (speed, stride) => {
    screen.have(0, 999);
    const playing = open(999);
    playing.setSpeed(speed);
    await playing.start();
    screen.run(3000);
    expect([screen.pace?.stride, Math.abs(navigation.wanted.value - 3 * speed) <= 2]).toEqual([stride, true]);
  });

  it("keeps speed and step within their bounds", () => {
    const playing = open(9);
    playing.setSpeed(1000);
    playing.setStep(1);
    expect([playing.speed.value, playing.step.value]).toEqual([100, 2]);
  });
});

describe("the slider", () => {
  it("brings no frame that the hand has left before its turn", async () => {
    const playing = open(999);
    await navigation.go(0);
    for (const frame of [10, 20, 30, 40]) navigation.pass(frame);
    await navigation.rest();
    expect(shown).toEqual([0, 40]);
    expect([navigation.wanted.value, playing.isOn.value]).toEqual([40, false]);
  });
});
