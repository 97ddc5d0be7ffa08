import "./kit.css";
import "./floating.css";
import type { JSX } from "preact";
import { Questions } from "./confirm";
import { Toasts } from "./toast";
import { Tips } from "./tooltip";

/** What there is one of on every page: toasts, tips, questions. */
export function Kit(): JSX.Element {
  return (
    <>
      <Questions />
      <Toasts />
      <Tips />
    </>
  );
}
