import type { Signal } from "@preact/signals";
import { FileArchive, FileText, Film, Images } from "lucide";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../i18n";
import { bytes, counted } from "../format";
import { Icon } from "../kit/icon";
import type { Group, MediaKind } from "./files";

/** What is seen beside a file of each kind. */
export const KIND_ICONS: Readonly<Record<MediaKind, typeof Images>> = {
  image: Images,
  video: Film,
  archive: FileArchive,
  pdf: FileText,
};

export interface GroupChoiceProps {
  readonly groups: readonly Group[];
  readonly taken: Group;
  readonly onTake: Signal<string>;
}

/** What of files that do not go together the task is made of. */
export function GroupChoice({ groups, taken, onTake }: GroupChoiceProps): JSX.Element {
  const name = useId();
  return (
    <fieldset class="groups">
      <legend>{t("groups")}</legend>
      <p class="quiet">{t("groups.hint")}</p>
      <div class="group-list">
        {groups.map((group) => (
          <label key={group.id} class={`group ${group.id === taken.id ? "taken" : ""}`}>
            <input
              type="radio"
              name={name}
              checked={group.id === taken.id}
              onChange={() => {
                onTake.value = group.id;
              }}
            />
            <Icon icon={KIND_ICONS[group.kind]} />
            <span class="group-name">
              <bdi>{group.kind === "image" ? counted("files.count", group.files.length) : group.id}</bdi>
            </span>
            <span class="quiet">
              {group.kind !== "image" && `${t(`groups.${group.kind}`)} · `}
              {bytes(group.files.reduce((sum, { file }) => sum + file.size, 0))}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
