/** The whole page: who is signed in, and which page the address means. */

import { CircleAlert, RefreshCw, ServerOff } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { call } from "../api";
import { SIGN_IN_PAGE } from "../bearer";
import { t } from "../i18n";
import { reachable, type Session, session, signInAsked, startSession } from "../session";
import { CrashBarrier } from "./crash";
import { Button } from "./kit/button";
import { Empty } from "./kit/empty";
import { Kit } from "./kit/kit";
import { Waiting } from "./kit/progress";
import { lazy } from "./lazy";
import { go, type Route, route } from "./routes";

const job = lazy(() => import("./workbench/page").then((page) => page.JobPage));
const shell = lazy(() => import("./pages/shell").then((page) => page.Shell));
const entrance = lazy(() => import("./pages/entrance").then((page) => page.Entrance));
const signInAgain = lazy(() => import("./sign-in").then((page) => page.SignInDialog));

/** Fetch what `shown` needs while the server is asked who is signed in. */
export function preloadPage(shown: Route): void {
  if (shown.name === "job") job.preload();
  else if (isEntrance(shown)) entrance.preload();
  else shell.preload();
}

export function App(): JSX.Element {
  const waiting = signInAsked.value !== undefined;
  return (
    <>
      <CrashBarrier key={route.value.name}>
        <Gate />
      </CrashBarrier>
      {waiting && <signInAgain.Page />}
      <Kit />
    </>
  );
}

const ENTRANCE: readonly Route["name"][] = ["sign-in", "register", "token", "reset", "new-password"];
const isEntrance = (shown: Route): boolean => ENTRANCE.includes(shown.name);

/** Lets nobody in whom the server does not know. */
function Gate(): JSX.Element {
  const now = session.value;
  const shown = route.value;
  const lost = now.name === "signed-out" && SIGN_IN_PAGE === undefined && !isEntrance(shown);
  useEffect(() => {
    if (!lost) return;
    const wanted = `${location.pathname}${location.search}`;
    const next = shown.name === "home" ? "" : `?next=${encodeURIComponent(pathOf(wanted))}`;
    void go(`/auth/login${next}`, { replace: true });
  }, [lost, shown.name]);
  if (now.name === "signed-out" && SIGN_IN_PAGE !== undefined) return <entrance.Page />;
  if (isEntrance(shown) && now.name !== "asking" && now.name !== "unreachable") return <entrance.Page />;
  if (now.name === "signed-in") return <Pages shown={shown} />;
  return <Outside now={now} />;
}

/** The path without the mount, which `go` adds again. */
function pathOf(address: string): string {
  return address.replace(/^\/annotations(?=\/|$)/, "") || "/";
}

function Outside({ now }: { now: Session }): JSX.Element {
  if (now.name === "unreachable" || !reachable.value)
    return (
      <Empty icon={ServerOff} title={t("server.silent")}>
        {t("server.silent.hint")}
      </Empty>
    );
  if (now.name === "failed")
    return (
      <Empty
        icon={CircleAlert}
        tone="danger"
        title={t("server.failed", { status: now.status })}
        action={
          <Button icon={RefreshCw} onClick={() => void startSession()}>
            {t("retry")}
          </Button>
        }
      />
    );
  return <Waiting label={t("loading")} />;
}

function Pages({ shown }: { shown: Route }): ComponentChildren {
  switch (shown.name) {
    case "home":
      return <Redirect to="/tasks" />;
    case "old-job":
      return <OldJob jobId={shown.jobId} />;
    case "job":
      return <job.Page key={`${shown.taskId}/${shown.jobId}`} taskId={shown.taskId} jobId={shown.jobId} />;
    default:
      return <shell.Page />;
  }
}

function Redirect({ to }: { to: string }): JSX.Element {
  useEffect(() => void go(to, { replace: true }), [to]);
  return <Waiting label={t("loading")} />;
}

/** The address old exports give: it names the job alone. */
function OldJob({ jobId }: { jobId: number }): JSX.Element {
  useEffect(() => {
    call<{ task_id: number }>("GET", `/jobs/${jobId}`).then(
      (found) => go(`/tasks/${found.task_id}/jobs/${jobId}`, { replace: true }),
      () => go(`/jobs/${jobId}`, { replace: true }),
    );
  }, [jobId]);
  return <Waiting label={t("loading")} />;
}
