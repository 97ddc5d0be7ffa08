import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isEnter } from "../kit/keys";
import type { Review } from "./review";

export interface WordsProps {
  readonly review: Review;
  readonly label: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
  /** Enter alone; with Shift it begins a line, and one of an input method is the method's own. */
  readonly onEnter: () => void;
}

/** A field for what is to be said of an issue; it takes the focus when the review wants that. */
export function Words({ review, label, value, onInput, onEnter }: WordsProps): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const heed = () => {
    if (!review.wantsField.value || field.current === null) return;
    field.current.focus({ preventScroll: true });
    review.wantsField.value = false;
  };
  // With the thread itself, not after it was painted: the next letter typed is meant for the field.
  useLayoutEffect(() => effect(heed), []);
  return (
    <textarea
      ref={field}
      rows={2}
      aria-label={label}
      placeholder={label}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (!isEnter(event) || event.shiftKey) return;
        event.preventDefault();
        onEnter();
      }}
    />
  );
}
