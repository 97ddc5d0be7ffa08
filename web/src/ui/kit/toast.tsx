import { signal } from "@preact/signals";
import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { Button, IconButton } from "./button";
import { Icon, type IconNode } from "./icon";

export type Tone = "info" | "good" | "warn" | "danger";

export interface ToastOptions {
  readonly tone?: Tone;
  readonly action?: { readonly text: string; readonly run: () => void };
  /** A toast of the same key takes the place of the earlier one. */
  readonly key?: string;
  /** Stays until it is dismissed. Errors stay of themselves. */
  readonly stay?: boolean;
  /** 0 to 1, or "unknown": work that goes on. */
  readonly progress?: number | "unknown";
}

interface Shown extends ToastOptions {
  readonly key: string;
  readonly text: string;
  /** Rises with each renewal, so that the time to live begins anew. */
  readonly round: number;
}

const LIFE_MS = 6000;
const MOST = 5;

const toasts = signal<readonly Shown[]>([]);
let made = 0;

/** Tell something in passing; returns how to take it back. A person who hovers or focuses it keeps it. */
export function toast(text: string, options: ToastOptions = {}): () => void {
  made += 1;
  const key = options.key ?? `toast-${made}`;
  const shown: Shown = { ...options, key, text, round: made };
  const others = toasts.peek();
  const renewed = others.some((each) => each.key === key);
  toasts.value = renewed
    ? others.map((each) => (each.key === key ? shown : each))
    : trimmed([...others, shown]);
  return () => dismiss(key);
}

/** Change a toast of `key` that is still shown; one the person dismissed stays away. */
export function renewToast(key: string, text: string, options: Omit<ToastOptions, "key"> = {}): void {
  if (toasts.peek().some((each) => each.key === key)) toast(text, { ...options, key });
}

/** Too many at once: those that would have gone by themselves go first. */
function trimmed(all: readonly Shown[]): readonly Shown[] {
  if (all.length <= MOST) return all;
  const oldest = all.find((each) => !stays(each)) ?? all[0];
  return all.filter((each) => each !== oldest);
}

function dismiss(key: string): void {
  toasts.value = toasts.peek().filter((each) => each.key !== key);
}

const stays = (shown: ToastOptions): boolean =>
  shown.stay ?? (shown.progress !== undefined || shown.tone === "danger");

/** Shows the toasts; mounted once. */
export function Toasts(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const shown = toasts.value;
  const newest = shown.at(-1)?.round;
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    // Shown anew with each toast, so that it stands above a dialog opened meanwhile.
    if (element.matches(":popover-open")) element.hidePopover();
    if (newest !== undefined) element.showPopover();
  }, [newest]);
  return (
    <div ref={box} class="toasts" popover="manual">
      <div role="status" aria-live="polite" aria-relevant="additions text">
        {shown.map((each) => (
          <Toast key={each.key} shown={each} />
        ))}
      </div>
    </div>
  );
}

const ICONS: Record<Tone, IconNode> = {
  info: Info,
  good: CircleCheck,
  warn: TriangleAlert,
  danger: CircleAlert,
};

function Toast({ shown }: { shown: Shown }): JSX.Element {
  const { key, text, tone = "info", action, progress } = shown;
  const held = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const live = (): void => {
    clearTimeout(timer.current);
    if (!held.current && !stays(shown)) timer.current = setTimeout(() => dismiss(key), LIFE_MS);
  };
  const hold = (now: boolean): void => {
    held.current = now;
    live();
  };
  useEffect(() => {
    live();
    return () => clearTimeout(timer.current);
  }, [shown.round]);
  return (
    <div
      class={`toast ${tone}`}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocusIn={() => hold(true)}
      onFocusOut={() => hold(false)}
    >
      {progress === undefined ? <Icon icon={ICONS[tone]} /> : <span class="spinner" aria-hidden="true" />}
      <span class="toast-text">{text}</span>
      {action !== undefined && (
        <Button
          tone="quiet"
          onClick={() => {
            dismiss(key);
            action.run();
          }}
        >
          {action.text}
        </Button>
      )}
      <IconButton icon={X} label={t("dismiss")} onClick={() => dismiss(key)} />
      {typeof progress === "number" && <i class="toast-progress" style={{ width: `${100 * progress}%` }} />}
    </div>
  );
}
