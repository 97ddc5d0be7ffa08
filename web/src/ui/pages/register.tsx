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

/** What has been typed and ticked. */
interface Filled {
  readonly names: Names;
  readonly password: string;
  readonly again: string;
  readonly accepted: ReadonlySet<string>;
}

/** What is seen to be wrong before anything is sent. */
interface Faults {
  readonly problems: Problems<Field>;
  /** Names of agreements that are required and not ticked. */
  readonly missing: readonly string[];
}

const NO_FAULTS: Faults = { problems: {}, missing: [] };

function faultsOf({ names, password, again, accepted }: Filled, agreements: readonly Agreement[]): Faults {
  const typing = typingProblems(password, again);
  return {
    problems: {
      ...(names.username.trim() === "" ? { username: t("field.required") } : {}),
      ...(typing === undefined ? {} : { password1: typing.new_password1, password2: typing.new_password2 }),
    },
    missing: agreements
      .filter(({ name, required }) => required && !accepted.has(name))
      .map(({ name }) => name),
  };
}

/** Send the account; names that were left out are not sent, as the API takes no blank ones. */
function send({ names, password, again, accepted }: Filled, agreements: readonly Agreement[]): Promise<void> {
  const { username, ...others } = names;
  const given = Object.entries(others).map(([name, value]) => [name, value.trim()] as const);
  return register({
    username: username.trim(),
    ...Object.fromEntries(given.filter(([, value]) => value !== "")),
    password1: password,
    password2: again,
    confirmations: agreements.map(({ name }) => ({ name, value: accepted.has(name) })),
  });
}

function RegisterForm(props: RegisterProps & { agreements: readonly Agreement[] }): JSX.Element {
  const { next, signIn, agreements } = props;
  const filled = useSignal<Filled>({ names: NOBODY, password: "", again: "", accepted: new Set() });
  const faults = useSignal(NO_FAULTS);
  const closed = useSignal(false);
  const busy = useSignal(false);
  const fill = (part: Partial<Filled>): void => {
    filled.value = { ...filled.value, ...part };
  };
  const submit = async (): Promise<void> => {
    faults.value = faultsOf(filled.value, agreements);
    const { problems, missing } = faults.value;
    if (Object.keys(problems).length > 0 || missing.length > 0) return;
    busy.value = true;
    try {
      await send(filled.value, agreements);
      await go(next, { replace: true });
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) closed.value = true;
      faults.value = { ...NO_FAULTS, problems: problemsByField(error, FIELDS) };
    } finally {
      busy.value = false;
    }
  };
  const { problems } = faults.value;
  if (closed.value) return <Closed reason={problems.all ?? ""} signIn={signIn} />;
  return (
    <Form onSubmit={() => void submit()}>
      <AccountFields
        names={filled.value.names}
        problems={problems}
        registering
        autofocus
        onInput={(names) => fill({ names })}
      />
      <Consent filled={filled.value} faults={faults.value} agreements={agreements} onFill={fill} />
      <p class="form-problem" role="alert">
        {problems.all}
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

interface ConsentProps {
  readonly filled: Filled;
  readonly faults: Faults;
  readonly agreements: readonly Agreement[];
  readonly onFill: (part: Partial<Filled>) => void;
}

/** The password, and what is agreed to. */
function Consent({ filled, faults, agreements, onFill }: ConsentProps): JSX.Element {
  return (
    <>
      <NewPassword
        label={t("password")}
        password={filled.password}
        again={filled.again}
        about={Object.values(filled.names)}
        problem={faults.problems.password1}
        againProblem={faults.problems.password2}
        onInput={(password, again) => onFill({ password, again })}
      />
      <Agreements
        agreements={agreements}
        accepted={filled.accepted}
        missing={faults.missing}
        onChange={(accepted) => onFill({ accepted })}
      />
      {!agreements.some((each) => pageOf(each)?.endsWith(TERMS)) && (
        <p class="field-hint">
          <OuterLink to={TERMS}>{t("agreements.terms")}</OuterLink>
        </p>
      )}
    </>
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
