/** One tooltip for the whole page: it reads what to say from the element under the pointer or the focus. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { placeBeside } from "./placing";

const DELAY_MS = 450;

/** The attributes that give an element a tip; `key` is the key that does the same, as shown. */
export function tip(text: string, key?: string): { "data-tip": string; "data-tip-key"?: string } {
  return key === undefined ? { "data-tip": text } : { "data-tip": text, "data-tip-key": key };
}

/** Shows the tips of all elements; mounted once. */
export function Tips(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => (box.current === null ? undefined : followTips(box.current)), []);
  return <div ref={box} class="tip" popover="manual" aria-hidden="true" />;
}

function followTips(box: HTMLElement): () => void {
  let shown: Element | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = (): void => {
    clearTimeout(timer);
    shown = undefined;
    if (box.matches(":popover-open")) box.hidePopover();
  };
  const show = (owner: HTMLElement): void => {
    if (!owner.isConnected) return;
    const text = document.createElement("span");
    text.textContent = owner.dataset.tip ?? "";
    const key = document.createElement("kbd");
    key.textContent = owner.dataset.tipKey ?? "";
    box.replaceChildren(text, ...(key.textContent === "" ? [] : [key]));
    box.showPopover();
    placeBeside(box, owner.getBoundingClientRect(), { align: "center" });
  };
  const consider = (event: Event, delay: number): void => {
    const owner = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tip]") : null;
    if (owner !== null && owner === shown) return;
    hide();
    if (owner === null) return;
    shown = owner;
    timer = setTimeout(() => show(owner), delay);
  };
  const over = (event: PointerEvent): void => {
    if (event.pointerType !== "touch") consider(event, DELAY_MS);
  };
  const focus = (event: FocusEvent): void => {
    if (event.target instanceof Element && event.target.matches(":focus-visible")) consider(event, 0);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Escape") hide();
  };
  const listeners: readonly [string, (event: never) => void][] = [
    ["pointerover", over],
    ["focusin", focus],
    ["focusout", hide],
    ["pointerdown", hide],
    ["wheel", hide],
    ["keydown", key],
  ];
  for (const [name, listener] of listeners)
    document.addEventListener(name, listener as EventListener, { capture: true, passive: true });
  return () => {
    hide();
    for (const [name, listener] of listeners)
      document.removeEventListener(name, listener as EventListener, { capture: true });
  };
}
