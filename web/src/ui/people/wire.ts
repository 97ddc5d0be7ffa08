/** Accounts as API v1 tells of them. */

import { callSignedIn } from "../../session";
import type { WirePerson } from "../tasks/wire";

export const ROLES = ["admin", "user", "annotator", "observer"] as const;
export type Role = (typeof ROLES)[number];

/** What everybody may know of an account. */
export interface WireUser extends WirePerson {
  readonly first_name: string;
  readonly last_name: string;
}

/** What staff may know of every account, and everybody of their own. */
export interface FullUser extends WireUser {
  readonly email: string;
  readonly groups: readonly Role[];
  readonly is_staff: boolean;
  readonly is_superuser: boolean;
  readonly is_active: boolean;
  readonly last_login: string | null;
  readonly date_joined: string;
}

export type UserChange = Partial<Omit<FullUser, "id" | "last_login" | "date_joined">>;

export function isFull(user: WireUser): user is FullUser {
  return "groups" in user;
}

/** Whether the account has every right there is over others. */
export function isAdmin(user: Pick<FullUser, "groups" | "is_superuser">): boolean {
  return user.is_superuser || user.groups.includes("admin");
}

/** "Ann Lee", 王芳, or "" for somebody who gave no names: Chinese names begin with the family's. */
export function fullName({ first_name, last_name }: Pick<WireUser, "first_name" | "last_name">): string {
  const isHan = /^\p{Script=Han}+$/u.test(first_name + last_name);
  return isHan ? last_name + first_name : [first_name, last_name].filter((part) => part !== "").join(" ");
}

/** What `changed` says of an account that differs from what is known of it. */
export function changesOf(known: WireUser, changed: UserChange): UserChange {
  const same = (name: string, value: unknown): boolean =>
    JSON.stringify(value) === JSON.stringify((known as unknown as Record<string, unknown>)[name]);
  return Object.fromEntries(Object.entries(changed).filter(([name, value]) => !same(name, value)));
}

export const patchUser = (userId: number, body: UserChange): Promise<WireUser> =>
  callSignedIn<WireUser>("PATCH", `/users/${userId}`, { body });

export const deleteUser = (userId: number): Promise<unknown> => callSignedIn("DELETE", `/users/${userId}`);
