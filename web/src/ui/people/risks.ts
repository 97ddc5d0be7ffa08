/** What somebody may take from themselves without meaning to. */

import { type FullUser, isAdmin } from "./wire";

/** `demote`: no longer an administrator. `switch-off`: signed out for good. `blind`: sees no accounts any more. */
export type Risk = "demote" | "switch-off" | "blind";

type Rights = Pick<FullUser, "groups" | "is_staff" | "is_superuser" | "is_active">;

/** What a change of one's own rights takes away that only others can give back; the gravest first. */
export function risksOf(before: Rights, after: Rights): readonly Risk[] {
  const risks: Risk[] = [];
  if (before.is_active && !after.is_active) risks.push("switch-off");
  if (isAdmin(before) && !isAdmin(after)) risks.push("demote");
  else if (before.is_staff && !after.is_staff) risks.push("blind");
  return risks;
}

/** Whether the role of an administrator comes with the other rights, and cannot be taken away alone. */
export function isAdminAnyway({
  is_staff,
  is_superuser,
}: Pick<Rights, "is_staff" | "is_superuser">): boolean {
  return is_staff && is_superuser;
}
