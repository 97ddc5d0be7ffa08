/** Long lists: of rows of one height, only those in view are in the page. */

import { useSignal } from "@preact/signals";
import { useCallback, useLayoutEffect, useRef } from "preact/hooks";

/** The height of a row, in CSS pixels; `panels.css` knows it too. */
export const ROW_HEIGHT = 26;
/** Rows kept above and below the view, so that a quick flick shows no gap. */
const MARGIN = 8;
/** The window moves in steps of this many rows: scrolling within one costs nothing. */
const STRIDE = 4;

export interface Windowed {
  /** For the element that scrolls. */
  readonly view: { readonly current: HTMLDivElement | null };
  readonly onScroll: () => void;
  /** The rows to render, from `first` up to but not including `end`. */
  readonly first: number;
  readonly end: number;
  /** Whole rows that fit into the view, for Page Up and Page Down. */
  readonly page: number;
  /** Scroll so far that row `index` is seen, and no further. */
  readonly reveal: (index: number) => void;
}

/** Follow the scrolling of a list of `count` rows. */
export function useWindowed(count: number): Windowed {
  const view = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(0);
  const onScroll = useCallback(() => {
    const rows = Math.floor((view.current?.scrollTop ?? 0) / ROW_HEIGHT);
    top.value = rows - (rows % STRIDE);
  }, [top]);

  useLayoutEffect(() => {
    const element = view.current;
    if (element === null) return;
    height.value = element.clientHeight;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [height]);

  const reveal = useCallback((index: number) => {
    const element = view.current;
    if (element === null || index < 0) return;
    const rowTop = index * ROW_HEIGHT;
    const lowest = rowTop + ROW_HEIGHT - element.clientHeight;
    if (element.scrollTop > rowTop) element.scrollTop = rowTop;
    else if (element.scrollTop < lowest) element.scrollTop = lowest;
  }, []);

  const seen = Math.ceil(height.value / ROW_HEIGHT);
  // The list may have become shorter than where it was scrolled to.
  const start = Math.min(top.value, Math.max(0, count - seen));
  return {
    view,
    onScroll,
    first: Math.max(0, start - MARGIN),
    end: Math.min(count, start + seen + STRIDE + MARGIN),
    page: Math.max(1, Math.floor(height.value / ROW_HEIGHT) - 1),
    reveal,
  };
}
