/** The keys of the workbench: what was pressed, and which command it means. */

import { COMMANDS, type Command, runCommand } from "./commands";
import type { Workbench } from "./workbench";

/** What was pressed, as `keys` of a command write it; several, since a key may be meant by place or by letter. */
export function pressed(
  event: Pick<KeyboardEvent, "code" | "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">,
): readonly string[] {
  const modifiers = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}`;
  const shift = event.shiftKey ? "Shift+" : "";
  if (event.code === "Space") return [`${modifiers}${shift}Space`];
  const place = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d))$/.exec(event.code);
  const byPlace = place?.[1] ?? place?.[2] ?? place?.[3];
  if (byPlace !== undefined) return [`${modifiers}${shift}${byPlace}`];
  // A sign such as ? or + has its Shift in itself on some keyboards, and none on others.
  return event.key.length === 1 ? [`${modifiers}${event.key}`] : [`${modifiers}${shift}${event.key}`];
}

/** The command that a key press means now. */
export function commandOf(bench: Workbench, event: KeyboardEvent): Command | undefined {
  const keys = pressed(event);
  return COMMANDS.find(
    (command) =>
      command.keys.some((key) => keys.includes(key)) && (command.when === undefined || command.when(bench)),
  );
}

const MOVES_SLIDERS = [
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "Home",
  "End",
  "PageUp",
  "PageDown",
];

/** A key held longer than this, in ms, was held for what it means while it is down. */
const TAP_MS = 400;

/** Listen to the page's keys for `bench`; returns how to stop. */
export function listenToKeys(bench: Workbench): () => void {
  let tapped: { readonly code: string; readonly command: Command; readonly since: number } | undefined;
  const stop = new AbortController();
  const listen = <Name extends keyof WindowEventMap>(
    name: Name,
    act: (event: WindowEventMap[Name]) => void,
  ) => window.addEventListener(name, act, { signal: stop.signal });
  listen("keydown", (event) => {
    if (!event.repeat) tapped = undefined;
    if (isForText(event)) return;
    const command = commandOf(bench, event);
    if (command === undefined) return;
    event.preventDefault();
    if (command.onRelease) {
      if (!event.repeat) tapped = { code: event.code, command, since: event.timeStamp };
    } else if (!event.repeat || command.repeats) runCommand(bench, command, event.repeat);
  });
  listen("keyup", (event) => {
    if (isForText(event)) return;
    bench.history.seal();
    if (tapped?.code !== event.code) return;
    if (event.timeStamp - tapped.since < TAP_MS) runCommand(bench, tapped.command, false);
    tapped = undefined;
  });
  // The key is held for the mouse.
  for (const name of ["pointerdown", "wheel", "blur"] as const)
    listen(name, () => {
      tapped = undefined;
    });
  return () => stop.abort();
}

/**
 * Whether a key belongs to an input method, a field being typed in, or a dialog over the page. No field takes Ctrl+S
 * or F6, nor the keys its `data-free-keys` names.
 */
function isForText(event: KeyboardEvent): boolean {
  // 229: Chromium's key of an input method whose compositionstart is yet to come.
  if (event.isComposing || event.keyCode === 229) return true;
  if (document.querySelector("dialog:modal") !== null) return true;
  if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") return false;
  if (event.key === "F6") return false;
  const target = event.target instanceof Element ? event.target : undefined;
  const field = target?.closest<HTMLElement>(
    "input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]",
  );
  if (field != null) {
    const free = field.dataset.freeKeys?.split(" ") ?? [];
    return !pressed(event).some((key) => free.includes(key));
  }
  if (target?.matches("input[type=range]") && MOVES_SLIDERS.includes(event.key)) return true;
  // A focused button or link is pressed by Enter and Space, and Tab goes on from it.
  const isPressing = event.key === "Enter" || event.key === " " || event.key === "Tab";
  return isPressing && !event.ctrlKey && target?.closest("button, a, [role=option], [role=row]") != null;
}
