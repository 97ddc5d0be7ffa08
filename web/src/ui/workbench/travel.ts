/** Ways from frame to frame, as hands and keys take them. Each ends playing, but the one that begins it. */

import { effect } from "@preact/signals";
import type { Workbench } from "./workbench";

/** Play from here on, or stop. A half-drawn shape keeps its frame. */
export function playOrStop(bench: Workbench): void {
  if (bench.playing.isOn.value) bench.playing.stop();
  else if (!bench.isDrawing()) {
    bench.history.seal();
    void bench.playing.start();
  }
}

/** See to it that whatever is changed or asked about is so on the frame the person saw; returns how to end that. */
export function stopForWork({ helpOpen, history, picking, playing }: Workbench): (() => void)[] {
  return [
    history.listen(() => playing.stop()),
    effect(() => {
      if (picking.value !== undefined || helpOpen.value) playing.stop();
    }),
  ];
}

/** Pass by a frame while the slider is dragged; `navigation.rest` ends that. False if a half-drawn shape would be lost. */
export function passBy(bench: Workbench, frame: number): boolean {
  bench.playing.stop();
  if (bench.isDrawing()) return false;
  bench.history.seal();
  bench.navigation.pass(frame);
  return true;
}

/** One of many steps while a key is held: the next begins when the last one is shown. */
export function stepBy(bench: Workbench, by: number, isRepeat: boolean): void {
  const { failure, wanted } = bench.navigation;
  if (isRepeat && !bench.navigation.isShown() && failure.value === undefined) return;
  const to = bench.deleted.onTheWay(wanted.value, by);
  if (to === undefined) bench.say(by < 0 ? "workbench.first-frame" : "workbench.last-frame");
  else bench.go(to);
}

/** Go to the nearest frame in `direction` that has objects, or has none; say so if there is none. */
export function seek(bench: Workbench, direction: 1 | -1, wanted: "empty" | "full"): void {
  const frame = bench.contents.next(bench.navigation.wanted.value, direction, wanted);
  if (frame !== undefined) bench.go(frame);
  else bench.say(wanted === "empty" ? "workbench.no-empty-frame" : "workbench.no-full-frame");
}
