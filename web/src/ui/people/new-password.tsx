import "./password.css";
import { useSignal } from "@preact/signals";
import { Check, Circle, X } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { TextField } from "../kit/field";
import { Icon, type IconNode } from "../kit/icon";
import type { Problems } from "./field-problems";
import { judge, RULES, type Verdict } from "./password-rules";

export interface NewPasswordProps {
  readonly label: string;
  readonly password: string;
  readonly again: string;
  readonly onInput: (password: string, again: string) => void;
  /** What is known of whose password it is: it may not resemble that. */
  readonly about?: readonly string[];
  readonly problem?: string | undefined;
  readonly againProblem?: string | undefined;
  readonly autofocus?: boolean;
}

const MARKS: Record<Verdict, IconNode> = { kept: Check, broken: X, open: Circle };

/** A new password, typed twice, with its rules as they are met. */
export function NewPassword(props: NewPasswordProps): JSX.Element {
  const { label, password, again, onInput, about = [], problem, againProblem, autofocus = false } = props;
  const isShown = useSignal(false);
  const verdicts = judge(password, again, about);
  const common = {
    type: isShown.value ? "text" : "password",
    autocomplete: "new-password",
    autocapitalize: "none",
    spellcheck: false,
    maxLength: 128,
  } as const;
  return (
    <>
      <TextField
        {...common}
        label={label}
        value={password}
        error={problem}
        autofocus={autofocus}
        onInput={(value) => onInput(value, again)}
      />
      <TextField
        {...common}
        label={t("register.again")}
        value={again}
        error={againProblem}
        onInput={(value) => onInput(password, value)}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={isShown.value}
          onChange={(event) => {
            isShown.value = event.currentTarget.checked;
          }}
        />
        {t("password.show")}
      </label>
      <ul class="password-rules" aria-label={t("password.rules")}>
        {RULES.map((rule) => (
          <li key={rule} class={verdicts[rule]}>
            <Icon icon={MARKS[verdicts[rule]]} size={14} />
            <span>
              {t(`password.rule.${rule}`)}
              {verdicts[rule] !== "open" && (
                <span class="unseen">: {t(`password.verdict.${verdicts[rule]}`)}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

export const PASSWORD_FIELDS = ["new_password1", "new_password2"] as const;
type PasswordProblems = Problems<(typeof PASSWORD_FIELDS)[number]>;

/** What stops two typed passwords from being sent; the server judges the rest. */
export function typingProblems(password: string, again: string): PasswordProblems | undefined {
  if (password === "") return { new_password1: t("field.required") };
  return password === again ? undefined : { new_password2: t("register.differ") };
}

/** The server names what is wrong with a password after its second field; people look for it at the first. */
export function passwordProblems<Field extends string>(
  problems: Problems<Field> & PasswordProblems,
): Problems<Field> & PasswordProblems {
  const { new_password1, new_password2 } = problems;
  return { ...problems, new_password1: new_password1 ?? new_password2, new_password2: undefined };
}
