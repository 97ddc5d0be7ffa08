import type { JSX } from "preact";
export function TaskPage({ taskId }: { taskId: number }): JSX.Element {
  return <div>{taskId}</div>;
}
