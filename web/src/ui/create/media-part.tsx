import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { t } from "../../i18n";
import { FileChooser, type Takes } from "./file-chooser";
import type { Chosen } from "./files";
import { GroupChoice } from "./group-choice";
import { groupOf, type Sources, sourceProblem } from "./making";

export interface MediaPartProps {
  readonly sources: Sources;
  /** Whether what is wrong with the choice is said. */
  readonly isChecked: boolean;
  readonly onChosen?: (chosen: readonly Chosen[]) => void;
  /** What is taken; everything that frames are made of, if not given. */
  readonly takes?: Takes;
  readonly children?: ComponentChildren;
}

/** What frames are made of: files of this computer, of the server's share, at addresses; and what goes together. */
export function MediaPart(props: MediaPartProps): JSX.Element {
  const { sources, isChecked, onChosen, takes, children } = props;
  const { chosen, server, copyData, addresses } = sources;
  const { groups, taken } = groupOf(sources);
  return (
    <section class="create-part" aria-label={t("files")}>
      <h2>{t("files")}</h2>
      <FileChooser
        chosen={chosen.value}
        {...(takes === undefined ? {} : { takes })}
        server={{
          files: server.value,
          onChoose: (files) => {
            server.value = files;
          },
        }}
        addresses={{
          text: addresses.value,
          onInput: (text) => {
            addresses.value = text;
          },
        }}
        error={isChecked ? sourceProblem(sources) : undefined}
        onChange={(changed) => {
          chosen.value = changed;
          onChosen?.(changed);
        }}
      />
      {taken !== undefined && groups.length > 1 && (
        <GroupChoice groups={groups} taken={taken} onTake={sources.group} />
      )}
      {children}
      {server.value.length > 0 && <CopyChoice copyData={copyData} />}
    </section>
  );
}

/** Files of the share are read where they are, or copied. */
function CopyChoice({ copyData }: { copyData: Signal<boolean> }): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={copyData.value}
        onChange={(event) => {
          copyData.value = event.currentTarget.checked;
        }}
      />
      <span>
        {t("share.copy")} <span class="quiet">{t("share.copy.hint")}</span>
      </span>
    </label>
  );
}
