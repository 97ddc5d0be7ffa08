/** The token that signs our requests inside a platform, and where people get one (platform contract, 2.1). */

import { locale } from "./i18n";
import { MOUNT } from "./mount";

/** The platform's own names for it, in local storage and as a cookie: its other pages know it by them. */
const NAME = "token";
/** What the tab is called in which somebody signs in while another waits. */
const TAB = "labelwright-sign-in";
const SENT = "labelwright.sent-to-sign-in";
/** Who comes back sooner has hardly typed a password: to be sent again at once would be a loop. */
const LOOP_MS = 30_000;

/** Where people of the platform sign in; undefined where accounts are our own. */
export const SIGN_IN_PAGE: string | undefined = pageOf(
  typeof document === "undefined"
    ? undefined
    : (document.querySelector?.<HTMLMetaElement>('meta[name="labelwright-product"]') ?? undefined),
);

function pageOf(meta: HTMLMetaElement | undefined): string | undefined {
  return meta?.dataset.signIn || undefined;
}

/** Only where storage is switched off: then it holds until the page is left. */
let held: string | undefined;

/** The token requests are signed with; without one, cookies do. */
export function token(): string | undefined {
  try {
    return localStorage.getItem(NAME) ?? undefined;
  } catch {
    return held;
  }
}

/** Sign all requests with `given` from now on, those of pictures by the cookie. */
export function keepToken(given: string): void {
  held = given;
  try {
    localStorage.setItem(NAME, given);
  } catch {
    // The cookie and `held` do.
  }
  setCookies(given);
}

/** Tell the cookies what is kept: they may be gone since the browser was closed. */
export function renewCookies(): void {
  const kept = token();
  if (kept !== undefined) setCookies(kept);
}

function setCookies(given: string): void {
  if (!/^[\w.~+/=-]+$/.test(given)) return;
  const how = `; path=/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  // biome-ignore lint/suspicious/noDocumentCookie: the other way to set one is asynchronous, and not everywhere.
  document.cookie = `${NAME}=${given}${how}`;
  // biome-ignore lint/suspicious/noDocumentCookie: as above.
  document.cookie = `language=${locale.value}${how}`;
}

/** Sign nothing with the token any more. */
export function dropToken(): void {
  held = undefined;
  try {
    localStorage.removeItem(NAME);
  } catch {
    // There was none.
  }
  // biome-ignore lint/suspicious/noDocumentCookie: as above.
  document.cookie = `${NAME}=; path=/; max-age=0`;
}

/** Whether a change of storage is another tab's that has got a token. */
export const tellsOfToken = (event: StorageEvent): boolean => event.key === NAME && event.newValue !== null;

/**
 * The token in an address's query, and the address without it. The platform may put it behind a query of ours with
 * another question mark.
 */
export function splitToken(address: string): { readonly token: string; readonly rest: string } | undefined {
  const found = /([?&])token=([^&?#]+)/.exec(address);
  if (found?.[2] === undefined) return undefined;
  const before = address.slice(0, found.index);
  const after = address.slice(found.index + found[0].length);
  const isFirst = found[1] === "?" && !before.includes("?");
  return {
    token: decoded(found[2]),
    rest: before + (isFirst && after.startsWith("&") ? `?${after.slice(1)}` : after),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Take the token out of the address bar and keep it: before anything looks at the address. */
export function takeToken(): void {
  const isLanding = location.pathname === `${MOUNT}/auth/login`;
  const found =
    SIGN_IN_PAGE === undefined && !isLanding ? undefined : splitToken(location.pathname + location.search);
  if (found === undefined) return;
  keepToken(found.token);
  history.replaceState(history.state, "", found.rest + location.hash);
}

/** Where to sign in and come back to `path`, which begins with the mount, from there. */
export function signInAddress(path: string): string {
  const page = new URL(SIGN_IN_PAGE ?? "/", location.href);
  page.searchParams.set("redirect", new URL(path, location.href).href);
  return page.href;
}

/**
 * Have the person sign in in a tab of its own, so that this page stays as it is. The landing closes it; a browser that
 * opens none goes there in this one, and comes back.
 */
export function signInBeside(): void {
  if (window.open(signInAddress(`${MOUNT}/auth/login`), TAB) === null)
    location.assign(signInAddress(location.pathname + location.search));
}

/** Close this tab if somebody just signed in in it for another one; answers whether it is such a tab. */
export function closeSignInTab(): boolean {
  if (window.name !== TAB) return false;
  window.name = "";
  window.close();
  return true;
}

/** Note that the person was sent to sign in, or, with `false`, that they are in. */
export function noteSent(isSent: boolean): void {
  try {
    if (isSent) sessionStorage.setItem(SENT, String(Date.now()));
    else sessionStorage.removeItem(SENT);
  } catch {
    // Nobody is kept from a loop who forbids storage.
  }
}

/** Whether the person was sent to sign in a moment ago, and is back without having managed to. */
export function wasJustSent(): boolean {
  try {
    return Date.now() - Number(sessionStorage.getItem(SENT) ?? 0) < LOOP_MS;
  } catch {
    return true;
  }
}
