import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { SIGN_IN_PAGE, signInBeside } from "../bearer";
import { t } from "../i18n";
import { session, signIn, signInAsked } from "../session";
import { Button } from "./kit/button";
import { Dialog } from "./kit/dialog";
import { Form, TextField } from "./kit/field";
import { problemOf } from "./problem";

export interface SignInFormProps {
  /** Whose password is asked for; the person may change it. */
  readonly username?: string;
  readonly onSignedIn: () => void;
  /** Beside the button. */
  readonly children?: ComponentChildren;
}

/** Name and password. */
export function SignInForm({ username = "", onSignedIn, children }: SignInFormProps): JSX.Element {
  const name = useSignal(username);
  const password = useSignal("");
  const problem = useSignal("");
  const busy = useSignal(false);
  const submit = async (): Promise<void> => {
    if (name.value.trim() === "" || password.value === "") {
      problem.value = t("sign-in.both");
      return;
    }
    busy.value = true;
    problem.value = "";
    try {
      await signIn(name.value.trim(), password.value);
      onSignedIn();
    } catch (error) {
      problem.value = problemOf(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Form onSubmit={() => void submit()}>
      <TextField
        label={t("username")}
        value={name.value}
        onInput={(value) => {
          name.value = value;
        }}
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        autofocus={username === ""}
      />
      <TextField
        label={t("password")}
        type="password"
        value={password.value}
        onInput={(value) => {
          password.value = value;
        }}
        name="password"
        autocomplete="current-password"
        autofocus={username !== ""}
      />
      <p class="form-problem" role="alert">
        {problem.value}
      </p>
      <div class="form-actions">
        {children}
        <Button type="submit" tone="primary" busy={busy.value}>
          {t("sign-in")}
        </Button>
      </div>
    </Form>
  );
}

/** Over the page, when a session ended in the middle of work; what is on the page stays as it is. Shown by `askSignIn`. */
export function SignInDialog(): JSX.Element | null {
  const answer = signInAsked.value;
  if (answer === undefined) return null;
  const now = session.value;
  return (
    <Dialog title={t("sign-in.again")} size="small" onClose={() => answer(false)}>
      <p class="quiet">
        {t(SIGN_IN_PAGE === undefined ? "sign-in.again.hint" : "sign-in.again.at-platform")}
      </p>
      {SIGN_IN_PAGE === undefined ? (
        <SignInForm
          username={now.name === "signed-in" ? now.user.username : ""}
          onSignedIn={() => answer(true)}
        >
          <Button onClick={() => answer(false)}>{t("later")}</Button>
        </SignInForm>
      ) : (
        <div class="form-actions">
          <Button onClick={() => answer(false)}>{t("later")}</Button>
          <Button tone="primary" onClick={signInBeside}>
            {t("sign-in.at-platform")}
          </Button>
        </div>
      )}
    </Dialog>
  );
}
