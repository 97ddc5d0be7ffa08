import type { ComponentChildren, JSX } from "preact";

/** A value in a table; where its rows stand as cards, it says what it is. */
export function Told({ label, children }: { label: string; children: ComponentChildren }): JSX.Element {
  return (
    <>
      <span class="told-label" aria-hidden="true">
        {label}
      </span>
      <span class="told">{children}</span>
    </>
  );
}
