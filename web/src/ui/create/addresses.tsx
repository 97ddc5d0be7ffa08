import { useSignal } from "@preact/signals";
import { Link2 } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { Button } from "../kit/button";
import { Field } from "../kit/field";

export interface AddressesProps {
  readonly text: string;
  readonly onInput: (text: string) => void;
}

const LEAST_ROWS = 3;
const MOST_ROWS = 10;

/** Addresses of files that the server fetches: a button, and the lines once somebody wants them. */
export function useAddresses({ text, onInput }: AddressesProps): {
  readonly button: JSX.Element;
  readonly field: JSX.Element | null;
} {
  const open = useSignal(text !== "");
  const area = useRef<HTMLTextAreaElement>(null);
  const isOpen = open.value;
  useEffect(() => {
    if (isOpen) area.current?.focus();
  }, [isOpen]);
  const rows = Math.min(MOST_ROWS, Math.max(LEAST_ROWS, text.split("\n").length));
  return {
    button: (
      <Button
        icon={Link2}
        aria-expanded={isOpen}
        onClick={() => {
          open.value = !isOpen;
          if (isOpen) onInput("");
        }}
      >
        {t("addresses")}
      </Button>
    ),
    field: isOpen ? (
      <Field label={t("addresses.label")} hint={t("addresses.hint")}>
        {(control) => (
          <textarea
            {...control}
            ref={area}
            rows={rows}
            value={text}
            spellcheck={false}
            autocapitalize="none"
            placeholder={"https://example.com/street.jpg\nhttps://example.com/…"}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        )}
      </Field>
    ) : null,
  };
}
