import "./entrance.css";
import "../people/texts";
import { useSignal } from "@preact/signals";
import { Image } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { closeSignInTab, noteSent, SIGN_IN_PAGE, signInAddress, wasJustSent } from "../../bearer";
import { productName, t } from "../../i18n";
import { session, signInByToken, signOut } from "../../session";
import { Choices } from "../choices";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import { Waiting } from "../kit/progress";
import { Link } from "../link";
import { problemOf } from "../problem";
import { go, hrefOf, place, type Route, route } from "../routes";
import { SignInForm } from "../sign-in";
import { AskForReset, ResetPassword } from "./password-reset";
import { Register } from "./register";

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
        {SIGN_IN_PAGE === undefined ? <OwnEntrance shown={shown} /> : <AtPlatform shown={shown} />}
      </main>
      <Choices />
    </div>
  );
}

function OwnEntrance({ shown }: { shown: Route }): JSX.Element {
  return (
    <>
      {shown.name === "sign-in" && <p class="quiet">{t("tagline")}</p>}
      {shown.name === "sign-in" && <SignIn next={shown.next} />}
      {shown.name === "register" && (
        <>
          <h2>{t("register")}</h2>
          <Register next={shown.next} signIn={`/auth/login${queryOf(shown.next)}`} />
        </>
      )}
      {shown.name === "reset" && <AskForReset />}
      {shown.name === "new-password" && <ResetPassword uid={shown.uid} token={shown.token} />}
      {shown.name === "token" && <ByToken token={shown.token} />}
    </>
  );
}

/** The pages before one is signed in that a platform has of its own: from here one goes there, and back. */
const PLATFORM_PAGES: readonly Route["name"][] = ["sign-in", "register", "token", "reset", "new-password"];

/** Sends people to the platform to sign in; those it has just sent back as nobody are asked first. */
function AtPlatform({ shown }: { shown: Route }): JSX.Element {
  const now = session.value;
  const isIn = now.name === "signed-in";
  const next = shown.name === "sign-in" ? shown.next : "/";
  const wanted = PLATFORM_PAGES.includes(shown.name)
    ? hrefOf(next === "/" ? "/auth/login" : next)
    : location.pathname + location.search;
  const leave = (): void => {
    noteSent(true);
    location.replace(signInAddress(wanted));
  };
  const stays = useSignal(wasJustSent());
  const isDone = useSignal(false);
  useEffect(() => {
    if (isIn && closeSignInTab()) isDone.value = true;
    else if (isIn) void go(next, { replace: true });
    else if (!stays.value) leave();
  }, [isIn]);
  if (isDone.value)
    return (
      <>
        <p role="status">{t("sign-in.done")}</p>
        <Link to="/tasks">{t("tasks")}</Link>
      </>
    );
  if (isIn || !stays.value) return <Waiting label={t("loading")} />;
  return (
    <>
      <p class="form-problem" role="alert">
        {now.name === "signed-out" ? now.problem : ""}
      </p>
      <p>{t("sign-in.at-platform.hint")}</p>
      <div class="form-actions">
        <Button tone="primary" onClick={leave}>
          {t("sign-in.at-platform")}
        </Button>
      </div>
    </>
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
        <Link to="/auth/password/reset">{t("sign-in.forgot")}</Link>
      </SignInForm>
      <div class="entrance-hint">
        <p>
          {t("sign-in.new")} <Link to={`/auth/register${queryOf(next)}`}>{t("register")}</Link>
        </p>
        <p>{t("sign-in.terminal")}</p>
      </div>
    </>
  );
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
