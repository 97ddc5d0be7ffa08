import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export interface WindowedProps {
  readonly count: number;
  /** The height of each row, in CSS pixels. */
  readonly rowPx: number;
  readonly label: string;
  /** Gives the scrolled box its greatest height. */
  readonly class?: string;
  readonly row: (index: number) => ComponentChildren;
}

/** Rows beyond the edge that are there already when one scrolls. */
const SPARE = 6;
const BORDERS_PX = 2;

/** A list of any length of which only the rows in sight are in the page. */
export function Windowed({ count, rowPx, label, class: own, row }: WindowedProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const first = useSignal(0);
  const visible = useSignal(20);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      visible.value = Math.ceil(element.clientHeight / rowPx);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [rowPx, visible]);
  const from = Math.max(0, Math.min(first.value, count - visible.value) - SPARE);
  const to = Math.min(count, first.value + visible.value + SPARE);
  return (
    <div
      ref={box}
      class={`windowed ${own ?? ""}`}
      style={{ height: `${count * rowPx + BORDERS_PX}px` }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key.
      tabIndex={0}
      onScroll={(event) => {
        first.value = Math.floor(event.currentTarget.scrollTop / rowPx);
      }}
    >
      <ul aria-label={label} style={{ height: `${count * rowPx}px`, paddingTop: `${from * rowPx}px` }}>
        {Array.from({ length: Math.max(0, to - from) }, (_, index) => (
          <li
            key={from + index}
            aria-setsize={count}
            aria-posinset={from + index + 1}
            style={{ height: `${rowPx}px` }}
          >
            {row(from + index)}
          </li>
        ))}
      </ul>
    </div>
  );
}
