import { useSignal } from "@preact/signals";
import { Search } from "lucide";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "../kit/icon";
import { isEnter } from "../kit/keys";

export interface SearchFieldProps {
  readonly search: string;
  readonly label: string;
  /** What can be searched for, and an example. */
  readonly hint: string;
  readonly example: string;
  readonly onSearch: (search: string) => void;
}

/** So long after the last key the search begins. */
const SETTLE_MS = 300;

/** The one field of a list's search: words, or terms. */
export function SearchField({ search, label, hint, example, onSearch }: SearchFieldProps): JSX.Element {
  const hintId = useId();
  const typed = useSignal(search);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const newest = useRef({ search, onSearch });
  newest.current = { search, onSearch };
  useEffect(() => {
    typed.value = search;
  }, [search, typed]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const apply = (): void => {
    clearTimeout(timer.current);
    const text = typed.value.trim();
    if (text !== newest.current.search) newest.current.onSearch(text);
  };
  return (
    <div class="search">
      <Icon icon={Search} />
      <input
        type="search"
        aria-label={label}
        aria-describedby={hintId}
        placeholder={label}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          clearTimeout(timer.current);
          // What an input method still composes is not what is searched for.
          if (!event.isComposing) timer.current = setTimeout(apply, SETTLE_MS);
        }}
        onCompositionEnd={() => {
          timer.current = setTimeout(apply, SETTLE_MS);
        }}
        onKeyDown={(event) => {
          if (isEnter(event)) apply();
        }}
      />
      <div id={hintId} class="search-hint">
        {hint}
        <code>{example}</code>
      </div>
    </div>
  );
}
