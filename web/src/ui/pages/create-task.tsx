import type { JSX } from "preact";
export function CreateTask(): JSX.Element {
  return <div />;
}
