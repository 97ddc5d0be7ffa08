/** A text that is edited where it stands: Enter and leaving it save, Esc leaves it as it was. */

import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isComposing } from "../kit/keys";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";

interface InPlaceControl {
  readonly ref: RefObject<HTMLInputElement | null>;
  readonly value: string;
  readonly "aria-invalid": boolean;
  readonly onInput: (event: { readonly currentTarget: HTMLInputElement }) => void;
  readonly onBlur: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export interface InPlace<Shown extends HTMLElement> {
  readonly isOpen: boolean;
  /** What was typed will not do. */
  readonly isWrong: boolean;
  readonly open: () => void;
  /** For the input that is shown while it is open. */
  readonly control: InPlaceControl;
  /** For what is shown while it is not: the focus comes back to the button in it. */
  readonly shown: RefObject<Shown | null>;
}

/** The editing of `value`. `onSave` may fail: the text then stands in the field again. */
export function useInPlace<Shown extends HTMLElement>(
  value: string,
  onSave: (text: string) => Promise<void>,
  isGood: (text: string) => boolean = () => true,
): InPlace<Shown> {
  const edited = useSignal<string | undefined>(undefined);
  const isWrong = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  const shown = useRef<Shown>(null);
  const isOpen = edited.value !== undefined;
  useLayoutEffect(() => {
    // Before anything is painted: what is typed next belongs to it.
    if (isOpen) input.current?.select();
  }, [isOpen]);
  const close = (): void => {
    const byKey = document.activeElement === input.current;
    edited.value = undefined;
    isWrong.value = false;
    if (byKey) requestAnimationFrame(() => shown.current?.querySelector("button")?.focus());
  };
  const save = async (): Promise<void> => {
    const text = edited.peek()?.trim();
    if (text === undefined) return;
    isWrong.value = !isGood(text);
    if (isWrong.value) return;
    close();
    if (text === value) return;
    try {
      await onSave(text);
    } catch (error) {
      edited.value = text;
      toast(problemOf(error), { tone: "danger", key: "in-place" });
    }
  };
  const control: InPlaceControl = {
    ref: input,
    value: edited.value ?? "",
    "aria-invalid": isWrong.value,
    onInput: (event) => {
      edited.value = event.currentTarget.value;
      isWrong.value = false;
    },
    onBlur: () => void save(),
    onKeyDown: (event) => {
      if (isComposing(event)) return;
      if (event.key === "Enter") void save();
      else if (event.key === "Escape") close();
    },
  };
  const open = (): void => {
    edited.value = value;
  };
  return { isOpen, isWrong: isWrong.value, open, control, shown };
}
