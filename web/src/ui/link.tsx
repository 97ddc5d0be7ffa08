import type { ComponentChildren, JSX } from "preact";
import { go, hrefOf } from "./routes";

export interface LinkProps {
  /** The address below the mount. */
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly "aria-label"?: string;
  readonly "aria-current"?: "page";
}

/** A link to a page of ours: a plain click stays in this page, all others are the browser's. */
export function Link({ to, ...rest }: LinkProps): JSX.Element {
  return (
    <a
      {...rest}
      href={hrefOf(to)}
      onClick={(event) => {
        if (!isPlainClick(event)) return;
        event.preventDefault();
        void go(to);
      }}
    />
  );
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}
