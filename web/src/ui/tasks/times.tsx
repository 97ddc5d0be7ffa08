import type { JSX } from "preact";
import { t } from "../../i18n";
import { age, moment } from "../format";
import { tip } from "../kit/tooltip";
import type { WirePerson } from "./wire";

export interface TimesProps {
  readonly of: {
    readonly owner: WirePerson | null;
    readonly assignee: WirePerson | null;
    readonly created_date: string;
    readonly updated_date: string;
  };
}

/** Who made a task or project and when, when it was changed, and who is to work on it. */
export function Times({ of: { owner, assignee, created_date, updated_date } }: TimesProps): JSX.Element {
  const created = age(created_date);
  return (
    <p class="quiet">
      <span {...tip(moment(created_date))}>
        {owner === null
          ? t("task.created", { age: created })
          : t("task.created-by", { name: owner.username, age: created })}
      </span>
      <span {...tip(moment(updated_date))}>{t("task.updated", { age: age(updated_date) })}</span>
      {assignee !== null && <span>{t("task.assigned-to", { name: assignee.username })}</span>}
    </p>
  );
}
