import type { JSX } from "preact";

/** A bar, `value` from 0 to 1; undefined is work of unknown length. */
export function Progress({ value, label }: { value: number | undefined; label: string }): JSX.Element {
  return <progress class="progress" aria-label={label} max={1} {...(value === undefined ? {} : { value })} />;
}

/** Something is awaited; shown after a moment, so that what is quick does not flicker. */
export function Waiting({ label }: { label: string }): JSX.Element {
  return (
    <div class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      <span>{label}</span>
    </div>
  );
}
