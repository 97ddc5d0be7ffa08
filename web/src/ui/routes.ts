/** Which page an address means, and how to go to another. */

import { computed, signal } from "@preact/signals";
import { MOUNT } from "../mount";

export type Route =
  | { name: "home" }
  | { name: "sign-in"; next: string }
  | { name: "register"; next: string }
  | { name: "token"; sessionId: string; token: string }
  | { name: "reset" }
  | { name: "new-password"; uid: string; token: string }
  | { name: "account" }
  | { name: "users" }
  | { name: "about" }
  | { name: "statistics" }
  | { name: "projects" }
  | { name: "create-project" }
  | { name: "project"; projectId: number }
  | { name: "datasets" }
  | { name: "create-dataset" }
  | { name: "dataset"; datasetId: number }
  | { name: "tasks" }
  | { name: "create" }
  | { name: "create-from"; datasetId: number }
  | { name: "task"; taskId: number }
  | { name: "job"; taskId: number; jobId: number }
  | { name: "old-job"; jobId: number }
  | { name: "unknown"; path: string };

/** An address below the mount: what the bar shows without origin and mount. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Work that would be lost with the page. */
export interface LeavingGuard {
  /** Whether there is such work now. Asked at once when the browser itself leaves. */
  hasWork(): boolean;
  /** Save or ask; answers whether the page may be left. Called only if `hasWork`. */
  mayLeave(): Promise<boolean>;
}

const MAX_ID = 2 ** 31 - 1;
/** Pages the server writes itself: the browser loads them, they are none of this app. */
const SERVER_PAGES = /^\/(api|documentation)\//;

/** The page `path` (below the mount) stands for. Trailing slashes do not matter. */
export function routeOf(path: string, query: URLSearchParams): Route {
  const parts = path.split("/").filter((part) => part !== "");
  const [first, second, third, fourth] = parts;
  const id = numberOf(second);
  const next = ownPath(query.get("next"));
  if (first === undefined) {
    const jobId = numberOf(query.get("id") ?? undefined);
    return jobId === undefined ? { name: "home" } : { name: "old-job", jobId };
  }
  // The second is where v1 sends those who did not sign in.
  if (first === "auth" && parts.length === 2 && second === "login") return { name: "sign-in", next };
  if (first === "login" && parts.length === 1) return { name: "sign-in", next };
  if (first === "auth" && parts.length === 2 && second === "register") return { name: "register", next };
  if (first === "auth" && second === "login-with-token" && parts.length === 4)
    return { name: "token", sessionId: decoded(third), token: decoded(fourth) };
  if (first === "auth" && second === "password" && third === "reset") {
    if (parts.length === 3) return { name: "reset" };
    if (parts.length === 4 && fourth === "confirm")
      return { name: "new-password", uid: query.get("uid") ?? "", token: query.get("token") ?? "" };
  }
  if (parts.length === 1 && isPage(first)) return { name: first };
  if (first === "projects" && parts.length === 1) return { name: "projects" };
  if (first === "projects" && parts.length === 2 && second === "create") return { name: "create-project" };
  if (first === "projects" && parts.length === 2 && id !== undefined)
    return { name: "project", projectId: id };
  if (first === "datasets" && parts.length === 1) return { name: "datasets" };
  if (first === "datasets" && parts.length === 2 && second === "create") return { name: "create-dataset" };
  if (first === "datasets" && parts.length === 2 && id !== undefined)
    return { name: "dataset", datasetId: id };
  if (first === "tasks" && parts.length === 1) return { name: "tasks" };
  if (first === "tasks" && parts.length === 2 && second === "create") return { name: "create" };
  const datasetId = numberOf(third);
  if (first === "tasks" && second === "create" && parts.length === 3 && datasetId !== undefined)
    return { name: "create-from", datasetId };
  if (first === "tasks" && parts.length === 2 && id !== undefined) return { name: "task", taskId: id };
  const jobId = numberOf(fourth);
  if (first === "tasks" && third === "jobs" && parts.length === 4 && id !== undefined && jobId !== undefined)
    return { name: "job", taskId: id, jobId };
  return { name: "unknown", path };
}

const PAGES = ["account", "users", "about", "statistics"] as const;

function isPage(name: string): name is (typeof PAGES)[number] {
  return PAGES.some((each) => each === name);
}

/** `path` if it is one of ours, else the first page: a link never sends anybody to another server. */
export function ownPath(path: string | null): string {
  return path !== null && /^\/(?![/\\])/.test(path) ? path : "/";
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return undefined;
  const number = Number(text);
  return number > 0 && number <= MAX_ID ? number : undefined;
}

function decoded(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? "");
  } catch {
    return text ?? "";
  }
}

// ---- the one address of this page

interface Step {
  /** How many steps of ours lie before it: tells back from forward. */
  readonly index: number;
}

const inBrowser = typeof location !== "undefined";
const guards = new Set<LeavingGuard>();
let index = 0;
/** Set while a step the person took is being taken back, or made anew after its guard agreed. */
let unasked: (() => void) | undefined;

/** Where we are. Changed by `go`, `setQuery` and the browser's buttons. */
export const place = signal<Place>(inBrowser ? here() : { path: "/", query: new URLSearchParams() });

/** The page shown. */
export const route = computed<Route>(() => routeOf(place.value.path, place.value.query));

/** `path` as the bar shows it: below the mount. */
export function hrefOf(path: string): string {
  return `${MOUNT}${path}`;
}

/** Show the page at `path`, if those who guard unsaved work agree; answers whether it is shown. */
export async function go(path: string, { replace = false }: { replace?: boolean } = {}): Promise<boolean> {
  if (!(await mayLeave())) return false;
  if (SERVER_PAGES.test(path)) location[replace ? "replace" : "assign"](hrefOf(path));
  else write(path, replace);
  return true;
}

/** Change names of the query of this very page: no step of the browser's, nothing is left. */
export function setQuery(values: Readonly<Record<string, string | number | undefined>>): void {
  const query = new URLSearchParams(place.peek().query);
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) query.delete(name);
    else query.set(name, String(value));
  }
  const text = query.toString();
  write(`${place.peek().path}${text === "" ? "" : `?${text}`}`, true);
}

/** Have `guard` asked before the page is left; returns how to stop that. */
export function guardLeaving(guard: LeavingGuard): () => void {
  guards.add(guard);
  return () => guards.delete(guard);
}

/** Follow the browser's buttons, and have the browser ask before it leaves unsaved work. */
export function startRoutes(): void {
  place.value = here(); // a token in the address is gone by now
  index = stepOf(history.state)?.index ?? 0;
  history.replaceState({ index } satisfies Step, "");
  addEventListener("popstate", (event) => void follow(stepOf(event.state)?.index ?? 0));
  addEventListener("beforeunload", (event) => {
    if ([...guards].some((guard) => guard.hasWork())) event.preventDefault();
  });
}

/** The person pressed back or forward. The address has changed already: it is put back while guards are asked. */
async function follow(to: number): Promise<void> {
  if (unasked !== undefined) return unasked();
  const by = to - index;
  if (by !== 0 && [...guards].some((guard) => guard.hasWork())) {
    await stepBy(-by);
    if (!(await mayLeave())) return;
    await stepBy(by);
  }
  index = to;
  place.value = here();
}

/** Move in the browser's history without asking anybody. */
function stepBy(by: number): Promise<void> {
  return new Promise((resolve) => {
    unasked = () => {
      unasked = undefined;
      resolve();
    };
    history.go(by);
  });
}

async function mayLeave(): Promise<boolean> {
  for (const guard of [...guards]) {
    if (guard.hasWork() && !(await guard.mayLeave())) return false;
  }
  return true;
}

function write(path: string, replace: boolean): void {
  if (!replace) index += 1;
  const step: Step = { index };
  if (replace) history.replaceState(step, "", hrefOf(path));
  else history.pushState(step, "", hrefOf(path));
  place.value = here();
}

function here(): Place {
  return {
    path: location.pathname.slice(MOUNT.length) || "/",
    query: new URLSearchParams(location.search),
  };
}

function stepOf(state: unknown): Step | undefined {
  return typeof state === "object" && state !== null && "index" in state && typeof state.index === "number"
    ? { index: state.index }
    : undefined;
}
