/** Menus: lists of commands that float beside a button, or at the pointer. */

import { Check } from "lucide";
import { type JSX, render } from "preact";
import { Icon, type IconNode } from "./icon";
import { isComposing } from "./keys";
import { placeBeside } from "./placing";

export interface MenuCommand {
  readonly kind?: "command";
  readonly text: string;
  readonly run: () => void;
  readonly icon?: IconNode;
  /** The key that does the same, as shown. */
  readonly hint?: string;
  readonly tone?: "danger";
  /** For one choice of several: whether it is the one. */
  readonly checked?: boolean;
  /** Why it cannot be done now. */
  readonly disabled?: string;
}

export type MenuItem =
  | MenuCommand
  | { readonly kind: "line" }
  | { readonly kind: "title"; readonly text: string };

export interface MenuButtonProps extends Omit<JSX.IntrinsicElements["button"], "icon"> {
  readonly items: () => readonly MenuItem[];
  readonly align?: "start" | "end";
}

/** A button that opens a menu; give it a name by its children or `aria-label`. */
export function MenuButton({ items, align = "end", children, ...rest }: MenuButtonProps): JSX.Element {
  return (
    <button
      type="button"
      {...rest}
      aria-haspopup="menu"
      onClick={(event) => showMenu(items(), event.currentTarget, { align })}
    >
      {children}
    </button>
  );
}

let open: { readonly panel: HTMLElement; readonly owner: Element | undefined } | undefined;

/**
 * Show a menu beside an element, or at a point of the window; its first command has the focus. A second call from
 * the same element closes it. The focus goes back to where it was.
 */
export function showMenu(
  items: readonly MenuItem[],
  at: HTMLElement | { readonly x: number; readonly y: number },
  { align = "start", label }: { align?: "start" | "end"; label?: string } = {},
): void {
  const owner = at instanceof HTMLElement ? at : undefined;
  const again = open !== undefined && owner !== undefined && open.owner === owner;
  open?.panel.hidePopover();
  if (again) return;
  const before = document.activeElement;
  const panel = document.createElement("div");
  panel.className = "menu";
  panel.popover = "manual";
  panel.setAttribute("role", "menu");
  const name = label ?? owner?.getAttribute("aria-label") ?? owner?.textContent ?? "";
  if (name !== "") panel.setAttribute("aria-label", name);
  // All outside a modal dialog is inert, so a menu of the dialog's stands in it.
  (owner?.closest("dialog") ?? document.querySelector("dialog:modal") ?? document.body).append(panel);
  const away = (event: PointerEvent): void => {
    const target = event.target as Node;
    if (!panel.contains(target) && !owner?.contains(target)) panel.hidePopover();
  };
  const hide = (): void => panel.hidePopover();
  panel.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "closed") return;
    open = undefined;
    owner?.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", away, true);
    removeEventListener("resize", hide);
    if (panel.contains(document.activeElement) && before instanceof HTMLElement) before.focus();
    queueMicrotask(() => {
      render(null, panel);
      panel.remove();
    });
  });
  panel.addEventListener("keydown", (event) => moveByKey(event, panel));
  render(<Items items={items} close={hide} />, panel);
  panel.showPopover();
  open = { panel, owner };
  owner?.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", away, true);
  addEventListener("resize", hide);
  placeBeside(panel, owner?.getBoundingClientRect() ?? pointRect(at as { x: number; y: number }), { align });
  rowsOf(panel)[0]?.focus();
}

function pointRect({ x, y }: { x: number; y: number }): {
  left: number;
  top: number;
  right: number;
  bottom: number;
} {
  return { left: x, top: y, right: x, bottom: y };
}

function Items({ items, close }: { items: readonly MenuItem[]; close: () => void }): JSX.Element {
  return (
    <>
      {items.map((item, index) => {
        if (item.kind === "line") return <hr key={index} />;
        if (item.kind === "title")
          return (
            <div key={index} class="menu-title" role="presentation">
              {item.text}
            </div>
          );
        return <Row key={index} item={item} close={close} />;
      })}
    </>
  );
}

function Row({ item, close }: { item: MenuCommand; close: () => void }): JSX.Element {
  const isChoice = item.checked !== undefined;
  return (
    <button
      type="button"
      role={isChoice ? "menuitemradio" : "menuitem"}
      class={item.tone ?? ""}
      tabIndex={-1}
      aria-disabled={item.disabled !== undefined}
      {...(isChoice ? { "aria-checked": item.checked } : {})}
      {...(item.disabled === undefined ? {} : { "data-tip": item.disabled })}
      onClick={() => {
        if (item.disabled !== undefined) return;
        close();
        item.run();
      }}
    >
      <span class="menu-mark">
        {isChoice ? item.checked && <Icon icon={Check} /> : item.icon && <Icon icon={item.icon} />}
      </span>
      <span class="menu-text">{item.text}</span>
      {item.hint !== undefined && <kbd>{item.hint}</kbd>}
    </button>
  );
}

const rowsOf = (panel: HTMLElement): HTMLElement[] => [...panel.querySelectorAll<HTMLElement>("button")];

/** Arrows, Home, End and first letters move; Esc and Tab close. No key goes on to the page below. */
function moveByKey(event: KeyboardEvent, panel: HTMLElement): void {
  event.stopPropagation();
  if (isComposing(event)) return;
  const rows = rowsOf(panel);
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const to = targetOf(event.key, at, rows);
  if (to !== undefined) {
    event.preventDefault();
    rows[to]?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    panel.hidePopover();
  }
}

function targetOf(key: string, at: number, rows: readonly HTMLElement[]): number | undefined {
  const count = rows.length;
  if (key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowUp") return (at - 1 + count) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key.length !== 1 || key === " ") return undefined;
  const starts = (row: HTMLElement | undefined): boolean =>
    row?.querySelector(".menu-text")?.textContent?.toLowerCase().startsWith(key.toLowerCase()) ?? false;
  for (let step = 1; step <= count; step += 1)
    if (starts(rows[(at + step) % count])) return (at + step) % count;
  return undefined;
}
