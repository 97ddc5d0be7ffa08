/** Who is signed in, and what happens when nobody is, or when no server answers. */

import { signal } from "@preact/signals";
import {
  API,
  ApiError,
  type CallOptions,
  call,
  isIdentityDown,
  ownHeaders,
  sentenceOf,
  Unreachable,
} from "./api";
import { dropToken, noteSent, renewCookies, SIGN_IN_PAGE, tellsOfToken, token } from "./bearer";

export interface User {
  readonly id: number;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Admins see and change everything. */
  readonly isAdmin: boolean;
  /** Staff and admins look after the accounts of others. */
  readonly isStaff: boolean;
  /** Admins and observers see everything. */
  readonly seesAll: boolean;
  /** Whether the person's roles make tasks and projects. */
  readonly mayCreateTasks: boolean;
}

/** Who the server takes us for. */
export type Session =
  | { name: "asking" }
  | { name: "signed-in"; user: User }
  /** `problem` is why what should have signed the person in did not. */
  | { name: "signed-out"; problem?: string }
  | { name: "unreachable" }
  | { name: "failed"; status: number };

const RETRY_MS = 3000;

export const session = signal<Session>({ name: "asking" });
/** Whether the server answered the last time. While it is false, it is asked again every few seconds. */
export const reachable = signal(true);
/** Waiting for the person to sign in again, over the page: how to tell those who wait. */
export const signInAsked = signal<((signedIn: boolean) => void) | undefined>(undefined);

let asked: Promise<boolean> | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;

/**
 * Ask the server who we are. Never throws: what went wrong is one of the answers. A token that does not count is
 * dropped, and the cookies have their turn.
 */
export async function askSession(fetchFrom: typeof fetch = fetch): Promise<Session> {
  const signed = token();
  let response: Response;
  try {
    response = await fetchFrom(`${API}/users/self`, { headers: ownHeaders("GET"), cache: "no-store" });
  } catch {
    return { name: "unreachable" };
  }
  if (isIdentityDown(response)) return { name: "unreachable" };
  if (response.status === 401) {
    if (signed === undefined) return { name: "signed-out" };
    const problem = sentenceOf(401, await response.json().catch(() => undefined));
    if (token() === signed) dropToken();
    const answer = await askSession(fetchFrom);
    return answer.name === "signed-out" ? { name: "signed-out", problem } : answer;
  }
  if (!response.ok) return { name: "failed", status: response.status };
  const user = userOf(await response.json().catch(() => undefined));
  return user === undefined ? { name: "failed", status: response.status } : { name: "signed-in", user };
}

/** Learn who is signed in, asking again for as long as no server answers. */
export async function startSession(): Promise<void> {
  renewCookies();
  session.value = await askSession();
  if (session.value.name === "unreachable") noteUnreachable();
  if (session.value.name === "signed-in") noteSent(false);
  if (SIGN_IN_PAGE === undefined) return;
  addEventListener("storage", (event) => {
    if (tellsOfToken(event)) void followOtherTab();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && signInAsked.peek() !== undefined) void followOtherTab();
  });
}

/** Somebody may have signed in at the platform in another tab: whoever waits for that here goes on. */
async function followOtherTab(): Promise<void> {
  const answer = await askSession();
  if (answer.name !== "signed-in") return;
  session.value = answer;
  signInAsked.peek()?.(true);
}

/** Tell that no server answered: `reachable` is false until one does. */
export function noteUnreachable(): void {
  reachable.value = false;
  if (retry !== undefined) return;
  retry = setTimeout(async () => {
    const answer = await askSession();
    retry = undefined;
    if (answer.name === "unreachable") return noteUnreachable();
    if (session.peek().name !== "signed-in") session.value = answer;
    reachable.value = true;
  }, RETRY_MS);
}

/** Sign in by name and password. Raises ApiError with the server's sentence, Unreachable. */
export async function signIn(username: string, password: string): Promise<void> {
  await call("POST", "/auth/login", { body: { username, password } });
  session.value = await askSession();
}

/** Make an account and sign it in. Raises ApiError, Unreachable. */
export async function register(account: {
  username: string;
  email?: string;
  first_name?: string;
  last_name?: string;
  password1: string;
  password2: string;
  /** What was agreed to, and what was not. */
  confirmations: readonly { name: string; value: boolean }[];
}): Promise<void> {
  await call("POST", "/auth/register", { body: account });
  session.value = await askSession();
}

/** Sign out, here and everywhere the account's token is used. Raises Unreachable. */
export async function signOut(): Promise<void> {
  try {
    await call("POST", "/auth/logout");
  } catch (error) {
    // A token that is good no more is a way to be signed out.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  }
  dropToken();
  if (SIGN_IN_PAGE !== undefined) noteSent(true); // they go to the platform's page when they want to
  session.value = { name: "signed-out" };
}

/** Sign in by a token of the address bar's; answers who it is, or undefined for one that is not known. Raises Unreachable. */
export async function signInByToken(token: string): Promise<Session> {
  const withToken: typeof fetch = (input, init) =>
    fetch(input, { ...init, headers: { ...init?.headers, Authorization: `Token ${token}` } });
  const answer = await askSession(withToken);
  if (answer.name !== "signed-in") return answer;
  session.value = await askSession();
  return answer;
}

/**
 * Have the person sign in again over the page, because a request was answered 401. All who ask meanwhile wait for
 * the same dialog; the answer is whether somebody signed in.
 */
export function askSignIn(): Promise<boolean> {
  asked ??= new Promise((resolve) => {
    signInAsked.value = (signedIn) => {
      signInAsked.value = undefined;
      asked = undefined;
      resolve(signedIn);
    };
  });
  return asked;
}

/** As `call`; a 401 has the person sign in over the page, then the request is sent once more. */
export async function callSignedIn<Result>(
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Result> {
  return withSignIn(() => call<Result>(method, path, options));
}

/** Do `request`; when nobody is signed in, have somebody sign in and do it once more. */
export async function withSignIn<Result>(request: () => Promise<Result>): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof Unreachable) noteUnreachable();
    if (!(error instanceof ApiError) || error.status !== 401 || !(await askSignIn())) throw error;
    return request();
  }
}

function userOf(value: unknown): User | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, username, first_name, last_name, groups, is_staff, is_superuser } = value as Record<
    string,
    unknown
  >;
  if (typeof username !== "string" || typeof id !== "number") return undefined;
  const roles: readonly unknown[] = Array.isArray(groups) ? groups : [];
  const isAdmin = is_superuser === true || roles.includes("admin");
  return {
    id,
    username,
    firstName: typeof first_name === "string" ? first_name : "",
    lastName: typeof last_name === "string" ? last_name : "",
    isAdmin,
    isStaff: isAdmin || is_staff === true,
    seesAll: isAdmin || roles.includes("observer"),
    mayCreateTasks: isAdmin || roles.includes("user"),
  };
}

/** Whether who is signed in may make tasks and projects (API contract, 7). */
export function mayCreate(): boolean {
  const now = session.value;
  return now.name === "signed-in" && now.user.mayCreateTasks;
}

/** Whether the person may change a task: its name, its labels, its annotations as a whole (API contract, 7). */
export function mayChangeTask(
  user: User,
  task: { readonly owner: { readonly id: number } | null; readonly assignee: { readonly id: number } | null },
): boolean {
  return user.isAdmin || [task.owner?.id, task.assignee?.id].includes(user.id);
}
