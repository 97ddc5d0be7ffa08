import "./people.css";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { tip } from "../kit/tooltip";
import type { FullUser } from "./wire";

export interface RoleChipsProps {
  readonly user: Pick<FullUser, "groups" | "is_staff" | "is_superuser">;
  /** Say beside each what it allows. */
  readonly explained?: boolean;
}

/** The roles and rights of an account. */
export function RoleChips({ user, explained = false }: RoleChipsProps): JSX.Element {
  const chips = [
    ...user.groups.map((role) => ({ name: t(`role.${role}`), hint: t(`role.${role}.hint`) })),
    ...(user.is_staff ? [{ name: t("users.staff"), hint: t("users.staff.hint") }] : []),
    ...(user.is_superuser ? [{ name: t("users.superuser"), hint: t("users.superuser.hint") }] : []),
  ];
  if (chips.length === 0) return <span class="quiet">{t("users.no-role")}</span>;
  return (
    <ul class={`chips ${explained ? "explained" : ""}`}>
      {chips.map(({ name, hint }) => (
        <li key={name}>
          <span class="chip" {...(explained ? {} : tip(hint))}>
            {name}
          </span>
          {explained && <span class="quiet">{hint}</span>}
        </li>
      ))}
    </ul>
  );
}
