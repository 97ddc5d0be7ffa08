/** How keys are shown to people. */

const isMac = typeof navigator !== "undefined" && /Mac|iP(hone|ad)/.test(navigator.platform);
const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
  Backspace: "⌫",
  ContextMenu: "Menu",
  Ctrl: isMac ? "⌘" : "Ctrl",
};

/** `Ctrl+Shift+Z` as it stands on this person's keyboard. */
export function shownKey(key: string): string {
  const parts = key === "+" || key.endsWith("++") ? [...key.slice(0, -1).split("+"), "+"] : key.split("+");
  return parts
    .filter((part) => part !== "")
    .map((part) => NAMES[part] ?? part)
    .join("+");
}
