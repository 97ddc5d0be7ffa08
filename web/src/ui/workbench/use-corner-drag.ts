import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Point } from "../../core/model";
import type { Corner } from "./related-images";

/** CSS pixels a pointer moves before it drags. */
const SLIP = 4;

type Handlers = Pick<
  JSX.IntrinsicElements["header"],
  "onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel"
>;

/** Let `box` be dragged by what gets the handlers; let go, it goes to the corner of its parent that is nearest. */
export function useCornerDrag(
  box: { readonly current: HTMLElement | null },
  moveTo: (corner: Corner) => void,
): Handlers {
  const from = useRef<Point | undefined>(undefined);
  const end = (): boolean => {
    const isDragged = box.current?.style.translate !== "";
    from.current = undefined;
    if (box.current !== null) box.current.style.translate = "";
    return isDragged;
  };
  return {
    onPointerDown: (event) => {
      if (event.button !== 0 || (event.target as Element).closest("button") !== null) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      from.current = { x: event.clientX, y: event.clientY };
    },
    onPointerMove: ({ clientX, clientY }) => {
      if (from.current === undefined || box.current === null) return;
      const [x, y] = [clientX - from.current.x, clientY - from.current.y];
      if (box.current.style.translate !== "" || Math.hypot(x, y) >= SLIP)
        box.current.style.translate = `${x}px ${y}px`;
    },
    onPointerUp: () => {
      const corner = box.current === null ? undefined : nearestCorner(box.current);
      if (from.current !== undefined && end() && corner !== undefined) moveTo(corner);
    },
    onPointerCancel: () => void end(),
  };
}

function nearestCorner(box: HTMLElement): Corner | undefined {
  const parent = box.parentElement?.getBoundingClientRect();
  if (parent === undefined) return undefined;
  const own = box.getBoundingClientRect();
  const isLeft = own.left + own.right < parent.left + parent.right;
  const isTop = own.top + own.bottom < parent.top + parent.bottom;
  return `${isTop ? "top" : "bottom"}-${isLeft ? "start" : "end"}`;
}
