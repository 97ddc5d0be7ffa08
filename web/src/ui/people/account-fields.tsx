import type { JSX } from "preact";
import { t } from "../../i18n";
import { TextField } from "../kit/field";
import type { Problems } from "./field-problems";

export const NAME_FIELDS = ["username", "email", "first_name", "last_name"] as const;
export type NameField = (typeof NAME_FIELDS)[number];
export type Names = Readonly<Record<NameField, string>>;

export interface AccountFieldsProps {
  readonly names: Names;
  readonly onInput: (names: Names) => void;
  readonly problems: Problems<NameField>;
  /** Whether the e-mail is there to be changed; "absent" leaves it out. */
  readonly email?: "open" | "fixed" | "absent";
  readonly disabled?: boolean;
  readonly autofocus?: boolean;
  /** Whose account it is: browsers fill in what they know of their owner alone. */
  readonly own?: boolean;
  /** It says what may be left out. */
  readonly registering?: boolean;
}

/** User name, e-mail and names: the fields every account has. */
export function AccountFields({
  names,
  onInput,
  problems,
  email = "open",
  disabled = false,
  autofocus = false,
  registering = false,
  own = registering,
}: AccountFieldsProps): JSX.Element {
  const field = (name: NameField, label: string, fill: string, more: object = {}): JSX.Element => (
    <TextField
      disabled={disabled}
      autocomplete={own ? fill : "off"}
      spellcheck={false}
      maxLength={name === "email" ? 254 : 150}
      {...more}
      label={label}
      value={names[name]}
      error={problems[name]}
      onInput={(value) => onInput({ ...names, [name]: value })}
    />
  );
  return (
    <>
      {field("username", t("username"), "username", { autofocus, autocapitalize: "none" })}
      {email !== "absent" &&
        field("email", t(registering ? "register.email" : "account.email"), "email", {
          type: "email",
          disabled: disabled || email === "fixed",
          hint: email === "fixed" ? t("account.email.fixed") : t("account.email.hint"),
        })}
      <div class="field-pair">
        {field("first_name", t(registering ? "register.first-name" : "account.first-name"), "given-name")}
        {field("last_name", t(registering ? "register.last-name" : "account.last-name"), "family-name")}
      </div>
    </>
  );
}
