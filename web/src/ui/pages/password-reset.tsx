/** A password nobody remembers: the mail is asked for here, and its link leads back here. */

import { useSignal } from "@preact/signals";
import { CircleCheck, Link2Off, MailCheck } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { call } from "../../api";
import { t } from "../../i18n";
import { startSession } from "../../session";
import { Button } from "../kit/button";
import { Form, TextField } from "../kit/field";
import { Icon, type IconNode } from "../kit/icon";
import { Link } from "../link";
import { type Problems, problemsByField } from "../people/field-problems";
import { NewPassword, PASSWORD_FIELDS, passwordProblems, typingProblems } from "../people/new-password";

/** Asks for the mail. What it answers does not tell whether anybody has the address. */
export function AskForReset(): JSX.Element {
  const email = useSignal("");
  const sentTo = useSignal<string | undefined>(undefined);
  const problems = useSignal<Problems<"email">>({});
  const busy = useSignal(false);
  const submit = async (): Promise<void> => {
    const address = email.value.trim();
    problems.value = address === "" ? { email: t("field.required") } : {};
    if (address === "") return;
    busy.value = true;
    try {
      await call("POST", "/auth/password/reset", { body: { email: address } });
      sentTo.value = address;
    } catch (error) {
      problems.value = problemsByField(error, ["email"]);
    } finally {
      busy.value = false;
    }
  };
  if (sentTo.value !== undefined)
    return (
      <Outcome icon={MailCheck} tone="good" title={t("reset.sent")}>
        <p>{t("reset.sent.text", { email: sentTo.value })}</p>
        <p class="quiet">{t("reset.sent.nothing")}</p>
        <div class="form-actions">
          <Link to="/auth/login">{t("reset.back")}</Link>
          <Button
            onClick={() => {
              sentTo.value = undefined;
            }}
          >
            {t("reset.other")}
          </Button>
        </div>
      </Outcome>
    );
  return (
    <>
      <h2>{t("reset")}</h2>
      <p class="quiet">{t("reset.text")}</p>
      <Form onSubmit={() => void submit()}>
        <TextField
          label={t("reset.email")}
          type="email"
          autocomplete="email"
          autocapitalize="none"
          autofocus
          maxLength={254}
          value={email.value}
          error={problems.value.email}
          onInput={(value) => {
            email.value = value;
          }}
        />
        <p class="form-problem" role="alert">
          {problems.value.all}
        </p>
        <div class="form-actions">
          <Link to="/auth/login">{t("reset.back")}</Link>
          <Button type="submit" tone="primary" busy={busy.value}>
            {t("reset.send")}
          </Button>
        </div>
      </Form>
    </>
  );
}

const FIELDS = ["uid", "token", ...PASSWORD_FIELDS] as const;

/** Sets a new password by the link of a mail. */
export function ResetPassword({ uid, token }: { uid: string; token: string }): JSX.Element {
  const typed = useSignal({ password: "", again: "" });
  const problems = useSignal<Problems<(typeof FIELDS)[number]>>({});
  const done = useSignal(false);
  const busy = useSignal(false);
  const { password, again } = typed.value;
  const submit = async (): Promise<void> => {
    problems.value = typingProblems(password, again) ?? {};
    if (Object.keys(problems.value).length > 0) return;
    busy.value = true;
    try {
      const body = { uid, token, new_password1: password, new_password2: again };
      await call("POST", "/auth/password/reset/confirm", { body });
      done.value = true;
      // Whoever was signed in here with that account is so no longer.
      await startSession();
    } catch (error) {
      problems.value = passwordProblems(problemsByField(error, FIELDS));
    } finally {
      busy.value = false;
    }
  };
  const { uid: badUid, token: badToken } = problems.value;
  if (done.value) return <WasReset />;
  if (uid === "" || token === "" || badUid !== undefined || badToken !== undefined) return <DeadLink />;
  return (
    <>
      <h2>{t("reset.new")}</h2>
      <p class="quiet">{t("reset.new.text")}</p>
      <Form onSubmit={() => void submit()}>
        <NewPassword
          label={t("password.new")}
          password={password}
          again={again}
          autofocus
          problem={problems.value.new_password1}
          againProblem={problems.value.new_password2}
          onInput={(first, second) => {
            typed.value = { password: first, again: second };
          }}
        />
        <p class="form-problem" role="alert">
          {problems.value.all}
        </p>
        <div class="form-actions">
          <Link to="/auth/login">{t("reset.back")}</Link>
          <Button type="submit" tone="primary" busy={busy.value}>
            {t("reset.set")}
          </Button>
        </div>
      </Form>
    </>
  );
}

function WasReset(): JSX.Element {
  return (
    <Outcome icon={CircleCheck} tone="good" title={t("reset.done")}>
      <p>{t("reset.done.text")}</p>
      <div class="form-actions">
        <Link to="/auth/login" class="button primary">
          {t("sign-in")}
        </Link>
      </div>
    </Outcome>
  );
}

function DeadLink(): JSX.Element {
  return (
    <Outcome icon={Link2Off} tone="warn" title={t("reset.dead")}>
      <p>{t("reset.dead.text")}</p>
      <ul>
        <li>{t("reset.dead.used")}</li>
        <li>{t("reset.dead.old")}</li>
        <li>{t("reset.dead.since")}</li>
        <li>{t("reset.dead.cut")}</li>
      </ul>
      <div class="form-actions">
        <Link to="/auth/login">{t("reset.back")}</Link>
        <Link to="/auth/password/reset" class="button primary">
          {t("reset.again")}
        </Link>
      </div>
    </Outcome>
  );
}

interface OutcomeProps {
  readonly icon: IconNode;
  readonly tone: "good" | "warn";
  readonly title: string;
  readonly children: ComponentChildren;
}

/** How it ended, said at once to those who cannot see it. */
function Outcome({ icon, tone, title, children }: OutcomeProps): JSX.Element {
  return (
    <div class="outcome">
      <div role="status">
        <h2 class={tone}>
          <Icon icon={icon} size={20} />
          {title}
        </h2>
      </div>
      {children}
    </div>
  );
}
