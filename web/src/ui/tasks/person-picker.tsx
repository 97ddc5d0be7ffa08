import type { JSX } from "preact";
import { t } from "../../i18n";
import { callSignedIn } from "../../session";
import { Picker } from "../kit/picker";
import type { WirePerson } from "./wire";

export interface PersonPickerProps {
  readonly person: WirePerson | null;
  /** What the person is to the thing: the control's name. */
  readonly label: string;
  readonly disabled?: boolean;
  readonly onPick: (person: WirePerson | null) => Promise<void>;
}

/** Chooses somebody, found by name, or nobody. */
export function PersonPicker({ person, label, disabled = false, onPick }: PersonPickerProps): JSX.Element {
  return (
    <Picker
      class={`quiet person ${person === null ? "nobody" : ""}`}
      chosen={person}
      label={label}
      none={t("person.nobody")}
      search={t("person.search")}
      find={findPeople}
      nameOf={(each) => each.username}
      keyOf={(each) => each.id}
      disabled={disabled}
      onPick={onPick}
    />
  );
}

/** Accounts in use whose names hold `text`, the first ten. */
export async function findPeople(text: string, signal: AbortSignal): Promise<readonly WirePerson[]> {
  const query = { search: text || undefined, is_active: "true" };
  return (await callSignedIn<{ results: readonly WirePerson[] }>("GET", "/users", { query, signal })).results;
}
