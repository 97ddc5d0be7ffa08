/** Where things that float stand: beside what they belong to, and never out of the window. */

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const GAP = 6;
const EDGE = 8;

/** The corner for a box of `size` below `owner`, or above it where there is no room; in CSS pixels. */
export function cornerBeside(
  size: { readonly width: number; readonly height: number },
  owner: Rect,
  view: { readonly width: number; readonly height: number },
  align: "start" | "center" | "end",
): { left: number; top: number } {
  const wanted =
    align === "start"
      ? owner.left
      : align === "end"
        ? owner.right - size.width
        : (owner.left + owner.right - size.width) / 2;
  const left = Math.max(EDGE, Math.min(wanted, view.width - size.width - EDGE));
  const below = owner.bottom + GAP;
  const above = owner.top - GAP - size.height;
  const fits = below + size.height <= view.height - EDGE;
  const top =
    fits || above < EDGE ? Math.max(EDGE, Math.min(below, view.height - size.height - EDGE)) : above;
  return { left, top };
}

/** Put `box`, which is shown already, beside `owner`. */
export function placeBeside(
  box: HTMLElement,
  owner: Rect,
  { align }: { align: "start" | "center" | "end" },
): void {
  const view = { width: document.documentElement.clientWidth, height: document.documentElement.clientHeight };
  const { left, top } = cornerBeside(box.getBoundingClientRect(), owner, view, align);
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}
