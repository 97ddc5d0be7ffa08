import type { IconNode } from "lucide";
import { h, type JSX } from "preact";

export type { IconNode };

/** An icon of `lucide`, in the colour of the text around it. It says nothing: name what carries it. */
export function Icon({ icon, size = 16 }: { icon: IconNode; size?: number }): JSX.Element {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {icon.map(([tag, attributes], index) => h(tag, { ...attributes, key: index }))}
    </svg>
  );
}
