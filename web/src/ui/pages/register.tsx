import { useSignal } from "@preact/signals";
import { CircleAlert, RefreshCw, UserX } from "lucide";
import type { JSX } from "preact";
import { ApiError, call } from "../../api";
import { t } from "../../i18n";
import { register } from "../../session";
import { Button } from "../kit/button";
import { Form } from "../kit/field";
import { Icon } from "../kit/icon";
import { OuterLink } from "../kit/outer-link";
import { Waiting } from "../kit/progress";
import { Link } from "../link";
import { AccountFields, NAME_FIELDS, type Names } from "../people/account-fields";
import { type Agreement, Agreements, pageOf, TERMS } from "../people/agreements";
import { type Problems, problemsByField } from "../people/field-problems";
import { NewPassword, typingProblems } from "../people/new-password";
import { problemOf } from "../problem";
import { useResource } from "../resource";
import { go } from "../routes";

export interface RegisterProps {
  /** Where to go once the account is made. */
  readonly next: string;
  /** The page to sign in on, which leads there too. */
  readonly signIn: string;
}

/** Makes an account, once the server has said what is to be agreed to. */
export function Register(props: RegisterProps): JSX.Element {
  const { state, reload } = useResource("agreements", (signal) =>
    call<readonly Agreement[]>("GET", "/restrictions/user-agreements", { signal }),
  );
  if (state.name === "loading") return <Waiting label={t("loading")} />;
  if (state.name === "ready") return <RegisterForm {...props} agreements={state.value} />;
  return (
    <>
      <p class="form-problem" role="alert">
        <Icon icon={CircleAlert} /> {problemOf(state.error)}
      </p>
      <div class="form-actions">
        <Link to={props.signIn}>{t("register.have")}</Link>
        <Button icon={RefreshCw} onClick={() => void reload()}>
          {t("retry")}
        </Button>
      </div>
    </>
  );
}

const FIELDS = [...NAME_FIELDS, "password1", "password2"] as const;
type Field = (typeof FIELDS)[number];
const NOBODY: Names = { username: "", email: "", first_name: "", last_name: "" };

function RegisterForm({
  next,
  signIn,
  agreements,
}: RegisterProps & { agreements: readonly Agreement[] }): JSX.Element {
  const names = useSignal<Names>(NOBODY);
  const typed = useSignal({ password: "", again: "" });
  const accepted = useSignal<ReadonlySet<string>>(new Set());
  const problems = useSignal<Problems<Field>>({});
  const missing = useSignal<readonly string[]>([]);
  const closed = useSignal(false);
  const busy = useSignal(false);
  const { password, again } = typed.value;
  const submit = async (): Promise<void> => {
    const found = typingProblems(password, again);
    const isNameless = names.value.username.trim() === "";
    problems.value = {
      ...(isNameless ? { username: t("field.required") } : {}),
      ...(found === undefined ? {} : { password1: found.new_password1, password2: found.new_password2 }),
    };
    missing.value = agreements
      .filter((each) => each.required && !accepted.value.has(each.name))
      .map(({ name }) => name);
    if (isNameless || found !== undefined || missing.value.length > 0) return;
    busy.value = true;
    try {
      const { username, ...others } = names.value;
      const given = Object.entries(others).map(([name, value]) => [name, value.trim()] as const);
      await register({
        username: username.trim(),
        ...Object.fromEntries(given.filter(([, value]) => value !== "")),
        password1: password,
        password2: again,
        confirmations: agreements.map(({ name }) => ({ name, value: accepted.value.has(name) })),
      });
      await go(next, { replace: true });
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) closed.value = true;
      problems.value = problemsByField(error, FIELDS);
    } finally {
      busy.value = false;
    }
  };
  if (closed.value) return <Closed reason={problems.value.all ?? ""} signIn={signIn} />;
  return (
    <Form onSubmit={() => void submit()}>
      <AccountFields
        names={names.value}
        problems={problems.value}
        registering
        autofocus
        onInput={(now) => {
          names.value = now;
        }}
      />
      <NewPassword
        label={t("password")}
        password={password}
        again={again}
        about={Object.values(names.value)}
        problem={problems.value.password1}
        againProblem={problems.value.password2}
        onInput={(first, second) => {
          typed.value = { password: first, again: second };
        }}
      />
      <Agreements
        agreements={agreements}
        accepted={accepted.value}
        missing={missing.value}
        onChange={(now) => {
          accepted.value = now;
        }}
      />
      {!agreements.some((each) => pageOf(each)?.endsWith(TERMS)) && (
        <p class="field-hint">
          <OuterLink to={TERMS}>{t("agreements.terms")}</OuterLink>
        </p>
      )}
      <p class="form-problem" role="alert">
        {problems.value.all}
      </p>
      <div class="form-actions">
        <Link to={signIn}>{t("register.have")}</Link>
        <Button type="submit" tone="primary" busy={busy.value}>
          {t("register")}
        </Button>
      </div>
    </Form>
  );
}

/** Nobody registers on this server: its administrators make the accounts. */
function Closed({ reason, signIn }: { reason: string; signIn: string }): JSX.Element {
  return (
    <>
      <p class="warning" role="alert">
        <Icon icon={UserX} />
        {reason}
      </p>
      <p>{t("register.closed")}</p>
      <div class="form-actions">
        <Link to={signIn}>{t("register.have")}</Link>
      </div>
    </>
  );
}
