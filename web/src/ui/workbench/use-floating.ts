import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Point } from "../../core/model";

/** The most a floating box may take, in CSS pixels; `label-picker.css` knows it too. */
const WIDTH = 320;
const HEIGHT = 340;
/** CSS pixels between the picker and the edge of the window. */
const EDGE = 8;
/** Beside the pointer, not under it. */
const OFFSET = 14;

/** Open the popover `box` beside the pointer, its field focused; tells whether it is open still. */
export function useFloating(
  box: { readonly current: HTMLDivElement | null },
  place: () => Point,
  close: () => void,
): { readonly current: boolean } {
  const isOpen = useRef(true);
  const latest = useRef({ place, close });
  latest.current = { place, close };
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const before = document.activeElement;
    const { x, y } = latest.current.place();
    const left = x + OFFSET + WIDTH + EDGE <= innerWidth ? x + OFFSET : x - OFFSET - WIDTH;
    element.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - WIDTH - EDGE))}px`;
    element.style.top = `${Math.max(EDGE, Math.min(y - OFFSET, innerHeight - HEIGHT - EDGE))}px`;
    element.showPopover();
    element.querySelector("input")?.focus({ preventScroll: true });
    return () => {
      isOpen.current = false;
      // Whoever pressed elsewhere has taken the focus there.
      if (!element.contains(document.activeElement)) return;
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [box]);
  useEffect(() => {
    // The press itself goes on to what it meant: the picker is in nobody's way.
    const onPress = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target) !== true)
        latest.current.close();
    };
    window.addEventListener("pointerdown", onPress, { capture: true });
    return () => window.removeEventListener("pointerdown", onPress, { capture: true });
  }, [box]);
  return isOpen;
}
