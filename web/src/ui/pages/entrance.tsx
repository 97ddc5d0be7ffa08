import "./entrance.css";
import { useSignal } from "@preact/signals";
import { Image } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../api";
import { productName, t } from "../../i18n";
import { register, session, signInByToken, signOut } from "../../session";
import { Choices } from "../choices";
import { Button } from "../kit/button";
import { Form, TextField, type TextFieldProps } from "../kit/field";
import { Icon } from "../kit/icon";
import { Waiting } from "../kit/progress";
import { Link } from "../link";
import { problemOf } from "../problem";
import { go, place, route } from "../routes";
import { SignInForm } from "../sign-in";

/** The pages before one is signed in. */
export function Entrance(): JSX.Element {
  const shown = route.value;
  return (
    <div class="entrance">
      <main class="entrance-card">
        <h1>
          <Icon icon={Image} size={28} />
          {productName()}
        </h1>
        <p class="quiet">{t("tagline")}</p>
        {shown.name === "sign-in" && <SignIn next={shown.next} />}
        {shown.name === "register" && <Register next={shown.next} />}
        {shown.name === "token" && <ByToken token={shown.token} />}
      </main>
      <Choices />
    </div>
  );
}

const queryOf = (next: string): string => (next === "/" ? "" : `?next=${encodeURIComponent(next)}`);

function SignIn({ next }: { next: string }): JSX.Element {
  const isIn = session.value.name === "signed-in";
  useEffect(() => {
    if (isIn) void go(next, { replace: true });
  }, [isIn, next]);
  return (
    <>
      <SignInForm onSignedIn={() => void go(next, { replace: true })}>
        <Link to={`/auth/register${queryOf(next)}`}>{t("register")}</Link>
      </SignInForm>
      <p class="entrance-hint">{t("sign-in.terminal")}</p>
    </>
  );
}

const FIELDS = ["username", "email", "first_name", "last_name", "password1", "password2"] as const;
type Field = (typeof FIELDS)[number];

function Register({ next }: { next: string }): JSX.Element {
  const values = useSignal<Record<Field, string>>({
    username: "",
    email: "",
    first_name: "",
    last_name: "",
    password1: "",
    password2: "",
  });
  const problems = useSignal<Partial<Record<Field | "all", string>>>({});
  const busy = useSignal(false);
  const submit = async (): Promise<void> => {
    const { username, email, first_name, last_name, password1, password2 } = values.value;
    const found: Partial<Record<Field, string>> = {};
    if (username.trim() === "") found.username = t("field.required");
    if (password1 === "") found.password1 = t("field.required");
    else if (password1 !== password2) found.password2 = t("register.differ");
    problems.value = found;
    if (Object.keys(found).length > 0) return;
    busy.value = true;
    try {
      const optional = Object.fromEntries(
        Object.entries({ email, first_name, last_name }).filter(([, value]) => value.trim() !== ""),
      );
      await register({ username: username.trim(), password1, password2, ...optional });
      await go(next, { replace: true });
    } catch (error) {
      problems.value = problemsByField(error);
    } finally {
      busy.value = false;
    }
  };
  const field = (name: Field, label: string, more: Partial<TextFieldProps>): JSX.Element => (
    <TextField
      {...more}
      label={label}
      value={values.value[name]}
      error={problems.value[name]}
      onInput={(value) => {
        values.value = { ...values.value, [name]: value };
      }}
    />
  );
  return (
    <Form onSubmit={() => void submit()}>
      {field("username", t("username"), {
        autocomplete: "username",
        autofocus: true,
        autocapitalize: "none",
      })}
      {field("email", t("register.email"), { type: "email", autocomplete: "email" })}
      <div class="field-pair">
        {field("first_name", t("register.first-name"), { autocomplete: "given-name" })}
        {field("last_name", t("register.last-name"), { autocomplete: "family-name" })}
      </div>
      {field("password1", t("password"), { type: "password", autocomplete: "new-password" })}
      {field("password2", t("register.again"), { type: "password", autocomplete: "new-password" })}
      <p class="form-problem" role="alert">
        {problems.value.all}
      </p>
      <div class="form-actions">
        <Link to={`/auth/login${queryOf(next)}`}>{t("register.have")}</Link>
        <Button type="submit" tone="primary" busy={busy.value}>
          {t("register")}
        </Button>
      </div>
    </Form>
  );
}

/** What the server said of each field, and of the whole. */
export function problemsByField(error: unknown): Partial<Record<Field | "all", string>> {
  if (!(error instanceof ApiError)) return { all: problemOf(error) };
  const body = error.body;
  if (typeof body !== "object" || body === null) return { all: error.message };
  const found: Partial<Record<Field | "all", string>> = {};
  for (const [name, value] of Object.entries(body)) {
    const key = FIELDS.find((each) => each === name);
    if (key === undefined || !Array.isArray(value)) return { all: error.message };
    found[key] = value.join(" ");
  }
  return found;
}

/** Signs in by the token in the address. Somebody else who is signed in here is asked first. */
function ByToken({ token }: { token: string }): JSX.Element {
  const problem = useSignal("");
  const other = useSignal<string | undefined>(undefined);
  const enter = async (): Promise<void> => {
    try {
      const meant = await signInByToken(token);
      const now = session.value;
      if (meant.name !== "signed-in") problem.value = t("token.unknown");
      else if (now.name !== "signed-in") await replace();
      else if (now.user.id === meant.user.id)
        await go(place.value.query.get("next") ?? "/", { replace: true });
      else other.value = meant.user.username;
    } catch (error) {
      problem.value = problemOf(error);
    }
  };
  /** End the session that stands in the way, then enter anew. */
  const replace = async (): Promise<void> => {
    await signOut();
    other.value = undefined;
    await enter();
  };
  useEffect(() => void enter(), [token]);
  const now = session.value;
  if (problem.value !== "")
    return (
      <>
        <p class="form-problem" role="alert">
          {problem.value}
        </p>
        <Link to="/auth/login">{t("sign-in")}</Link>
      </>
    );
  if (other.value === undefined || now.name !== "signed-in") return <Waiting label={t("token.entering")} />;
  return (
    <>
      <p>{t("token.other", { now: now.user.username, other: other.value })}</p>
      <div class="form-actions">
        <Button onClick={() => void go("/", { replace: true })}>
          {t("token.stay", { name: now.user.username })}
        </Button>
        <Button tone="primary" onClick={() => void replace()}>
          {t("token.change", { name: other.value })}
        </Button>
      </div>
    </>
  );
}
