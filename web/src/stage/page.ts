/** What the page around the stage does to it: its size, the screen's pixel ratio, the theme. */

export interface PageChanges {
  /** The size or the pixel ratio may be another. Called before the page is painted in its new size. */
  view(): void;
  theme(): void;
}

/** Tell of what changes around `root` until `signal` aborts. */
export function followPage(root: HTMLElement, signal: AbortSignal, changes: PageChanges): void {
  const sizes = new ResizeObserver(() => changes.view());
  sizes.observe(root);
  const themes = new MutationObserver(() => changes.theme());
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    themes.disconnect();
  });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => changes.theme(), { signal });
  // The browser's zoom may leave the stage as large as it was.
  window.addEventListener("resize", () => changes.view(), { signal });
  followRatio(changes, signal);
}

/** Another screen has another ratio: a query can only ask for one ratio, so each change needs the next. */
function followRatio(changes: PageChanges, signal: AbortSignal): void {
  const changed = () => {
    changes.view();
    followRatio(changes, signal);
  };
  const same = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  same.addEventListener("change", changed, { once: true, signal });
}
