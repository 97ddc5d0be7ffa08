import type { JSX } from "preact";
export function TaskList(): JSX.Element {
  return <div />;
}
