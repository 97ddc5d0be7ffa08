import "./account.css";
import "../people/texts";
import { useSignal } from "@preact/signals";
import { ChartColumn, CircleAlert, RefreshCw, Trash2 } from "lucide";
import type { JSX } from "preact";
import { call } from "../../api";
import { t } from "../../i18n";
import { askSession, callSignedIn, session } from "../../session";
import { Choices } from "../choices";
import { age, moment } from "../format";
import { Button } from "../kit/button";
import { Empty } from "../kit/empty";
import { Form, TextField } from "../kit/field";
import { Icon } from "../kit/icon";
import { Waiting } from "../kit/progress";
import { toast } from "../kit/toast";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { AccountFields, NAME_FIELDS, type Names } from "../people/account-fields";
import { DeleteUser } from "../people/delete-user";
import { type Problems, problemsByField } from "../people/field-problems";
import { NewPassword, PASSWORD_FIELDS, passwordProblems, typingProblems } from "../people/new-password";
import { RoleChips } from "../people/role-chips";
import { changesOf, type FullUser, patchUser } from "../people/wire";
import { problemOf } from "../problem";
import { useResource } from "../resource";
import { go } from "../routes";

/** One's own account: names, password, looks, and its end. */
export function AccountPage(): JSX.Element {
  const { state, reload, set } = useResource("self", (signal) =>
    call<FullUser>("GET", "/users/self", { signal }),
  );
  return (
    <div class="account">
      <div class="page-head">
        <h1>{t("account")}</h1>
      </div>
      {state.name === "loading" && <Waiting label={t("loading")} />}
      {state.name === "failed" && (
        <Empty
          icon={CircleAlert}
          tone="danger"
          title={t("account.failed")}
          action={
            <Button icon={RefreshCw} onClick={() => void reload()}>
              {t("retry")}
            </Button>
          }
        >
          {problemOf(state.error)}
        </Empty>
      )}
      {state.name === "ready" && (
        <>
          <Facts user={state.value} />
          <NamesCard user={state.value} onUser={set} />
          <PasswordCard user={state.value} />
          <section class="card card-pad" aria-labelledby="account-looks">
            <h2 id="account-looks">{t("account.looks")}</h2>
            <Choices />
            <p class="field-hint">{t("account.looks.text")}</p>
          </section>
          <DeleteCard user={state.value} />
        </>
      )}
    </div>
  );
}

function Facts({ user }: { user: FullUser }): JSX.Element {
  return (
    <section class="card card-pad" aria-label={t("account.roles")}>
      <dl class="account-facts">
        <dt>{t("account.roles")}</dt>
        <dd>
          {user.groups.length === 0 && !user.is_superuser ? (
            t("account.roles.none")
          ) : (
            <RoleChips user={user} explained />
          )}
        </dd>
        <dt>{t("account.joined")}</dt>
        <dd {...tip(moment(user.date_joined))}>{age(user.date_joined)}</dd>
        <dt>{t("account.seen")}</dt>
        {user.last_login === null ? (
          <dd>{t("account.never")}</dd>
        ) : (
          <dd {...tip(moment(user.last_login))}>{age(user.last_login)}</dd>
        )}
      </dl>
      <Link to="/statistics" class="account-figures">
        <Icon icon={ChartColumn} />
        {t("account.figures")}
      </Link>
    </section>
  );
}

const namesOf = ({ username, email, first_name, last_name }: FullUser): Names => ({
  username,
  email,
  first_name,
  last_name,
});

function NamesCard({ user, onUser }: { user: FullUser; onUser: (user: FullUser) => void }): JSX.Element {
  const names = useSignal(namesOf(user));
  const problems = useSignal<Problems<(typeof NAME_FIELDS)[number]>>({});
  const busy = useSignal(false);
  const trimmed = Object.fromEntries(
    Object.entries(names.value).map(([name, value]) => [name, value.trim()]),
  ) as Names;
  const changes = changesOf(user, trimmed);
  const submit = async (): Promise<void> => {
    problems.value = trimmed.username === "" ? { username: t("field.required") } : {};
    if (trimmed.username === "") return;
    busy.value = true;
    try {
      const changed = { ...user, ...(await patchUser(user.id, changes)) };
      names.value = namesOf(changed);
      onUser(changed);
      session.value = await askSession();
      toast(t("account.saved"), { tone: "good", key: "account" });
    } catch (error) {
      problems.value = problemsByField(error, NAME_FIELDS);
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="card card-pad" aria-labelledby="account-you">
      <h2 id="account-you">{t("account.you")}</h2>
      <Form onSubmit={() => void submit()}>
        <AccountFields
          names={names.value}
          problems={problems.value}
          email={user.is_staff ? "open" : "fixed"}
          own
          onInput={(now) => {
            names.value = now;
          }}
        />
        <p class="form-problem" role="alert">
          {problems.value.all}
        </p>
        <div class="form-actions">
          <Button type="submit" tone="primary" busy={busy.value} disabled={Object.keys(changes).length === 0}>
            {t("account.save")}
          </Button>
        </div>
      </Form>
    </section>
  );
}

const FIELDS = ["old_password", ...PASSWORD_FIELDS] as const;
const NOTHING = { old: "", password: "", again: "" };

function PasswordCard({ user }: { user: FullUser }): JSX.Element {
  const typed = useSignal(NOTHING);
  const problems = useSignal<Problems<(typeof FIELDS)[number]>>({});
  const busy = useSignal(false);
  const { old, password, again } = typed.value;
  const submit = async (): Promise<void> => {
    const isOldMissing = old === "";
    const found = typingProblems(password, again);
    problems.value = { ...found, ...(isOldMissing ? { old_password: t("field.required") } : {}) };
    if (isOldMissing || found !== undefined) return;
    busy.value = true;
    try {
      const body = { old_password: old, new_password1: password, new_password2: again };
      await callSignedIn("POST", "/auth/password/change", { body });
      typed.value = NOTHING;
      toast(t("account.password.changed"), { tone: "good", key: "account" });
    } catch (error) {
      problems.value = passwordProblems(problemsByField(error, FIELDS));
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="card card-pad" aria-labelledby="account-password">
      <h2 id="account-password">{t("account.password")}</h2>
      <p class="quiet">{t("account.password.text")}</p>
      <Form onSubmit={() => void submit()}>
        {/* For the browser's store of passwords: whose it is. */}
        <input type="text" name="username" autocomplete="username" value={user.username} readOnly hidden />
        <TextField
          label={t("account.password.old")}
          type="password"
          autocomplete="current-password"
          maxLength={128}
          value={old}
          error={problems.value.old_password}
          onInput={(value) => {
            typed.value = { ...typed.value, old: value };
          }}
        />
        <NewPassword
          label={t("password.new")}
          password={password}
          again={again}
          about={Object.values(namesOf(user))}
          problem={problems.value.new_password1}
          againProblem={problems.value.new_password2}
          onInput={(first, second) => {
            typed.value = { ...typed.value, password: first, again: second };
          }}
        />
        <p class="form-problem" role="alert">
          {problems.value.all}
        </p>
        <div class="form-actions">
          <Button type="submit" tone="primary" busy={busy.value}>
            {t("account.password.change")}
          </Button>
        </div>
      </Form>
    </section>
  );
}

function DeleteCard({ user }: { user: FullUser }): JSX.Element {
  const isAsked = useSignal(false);
  const leave = async (): Promise<void> => {
    session.value = { name: "signed-out" };
    await go("/auth/login", { replace: true });
    toast(t("account.deleted"), { key: "account" });
  };
  return (
    <section class="card card-pad account-end" aria-labelledby="account-end">
      <h2 id="account-end">{t("account.delete")}</h2>
      <p class="quiet">{t("account.delete.text")}</p>
      <div>
        <Button
          icon={Trash2}
          class="danger-quiet"
          onClick={() => {
            isAsked.value = true;
          }}
        >
          {t("account.delete.open")}
        </Button>
      </div>
      {isAsked.value && (
        <DeleteUser
          user={user}
          isSelf
          onClose={() => {
            isAsked.value = false;
          }}
          onDeleted={() => void leave()}
        />
      )}
    </section>
  );
}
