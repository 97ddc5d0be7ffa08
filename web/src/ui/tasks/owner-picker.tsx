import type { JSX } from "preact";
import { t } from "../../i18n";
import { session } from "../../session";
import { confirm } from "../kit/confirm";
import { PersonPicker } from "./person-picker";
import type { WirePerson } from "./wire";

export interface OwnerPickerProps {
  readonly owner: WirePerson | null;
  readonly disabled: boolean;
  readonly onPick: (ownerId: number | null) => Promise<void>;
}

/** Gives a task or project to somebody else. Who gives their own away is asked first: they cannot take it back. */
export function OwnerPicker({ owner, disabled, onPick }: OwnerPickerProps): JSX.Element {
  const pick = async (person: WirePerson | null): Promise<void> => {
    const now = session.value;
    const isOwn = now.name === "signed-in" && !now.user.isAdmin && owner?.id === now.user.id;
    if (isOwn && !(await confirmGiving(person))) return;
    await onPick(person?.id ?? null);
  };
  return <PersonPicker person={owner} label={t("task.owner")} disabled={disabled} onPick={pick} />;
}

function confirmGiving(person: WirePerson | null): Promise<boolean> {
  return confirm({
    title: t("owner.give.title", { name: person?.username ?? t("person.nobody") }),
    body: <p>{t("owner.give.text")}</p>,
    action: t("owner.give"),
    tone: "danger",
  });
}
