/** What both sides changed: a list beside the work, which goes on. */

import "./save-chip.css";
import { useSignal } from "@preact/signals";
import { X } from "lucide";
import type { JSX } from "preact";
import type { Annotation, Cid, Label } from "../core/model";
import { t } from "../i18n";
import type { Choice, Conflict, Sync } from "../sync/sync";
import { Button, IconButton } from "./kit/button";

export interface ObjectsProps {
  readonly sync: Sync;
  /** The names of labels, for naming objects by them. */
  readonly labels?: ReadonlyMap<number, Label>;
  /** Go to an object; where it is undefined, nothing offers to. */
  readonly onShow?: (cid: Cid, frame: number) => void;
}

/** The conflicts of a job, as a dialog that blocks nothing. Put off, it comes back with the next conflict. */
export function Conflicts(props: ObjectsProps): JSX.Element | null {
  const conflicts = props.sync.conflicts.value;
  const putOff = useSignal(0);
  const newest = conflicts.at(-1)?.number ?? 0;
  if (newest <= putOff.value) return null;
  const later = () => {
    putOff.value = newest;
  };
  return (
    <dialog open class="conflicts" aria-labelledby="conflicts-title">
      <header>
        <h2 id="conflicts-title">{t("sync.conflict.title")}</h2>
        <IconButton icon={X} label={t("sync.conflict.later")} onClick={later} />
      </header>
      <p class="quiet">{t("sync.conflict.intro")}</p>
      <ConflictList {...props} />
    </dialog>
  );
}

/** The conflicts, each with its choices. */
export function ConflictList(props: ObjectsProps): JSX.Element {
  const { sync } = props;
  const conflicts = sync.conflicts.value;
  return (
    <>
      <ul class="conflict-list">
        {conflicts.map((conflict) => (
          <ConflictItem key={conflict.number} conflict={conflict} {...props} />
        ))}
      </ul>
      {conflicts.length > 1 && (
        <div class="actions">
          <Button onClick={() => conflicts.forEach((each) => void sync.resolve(each, "mine"))}>
            {t("sync.conflict.all-mine")}
          </Button>
        </div>
      )}
    </>
  );
}

function ConflictItem({ conflict, ...props }: ObjectsProps & { conflict: Conflict }): JSX.Element {
  const kind = kindOf(conflict);
  const choose = (choice: Choice) => () => props.sync.resolve(conflict, choice);
  return (
    <li>
      <ObjectLine {...props} cid={conflict.cid} object={conflict.mine ?? conflict.theirs} />
      <p>{t(`sync.conflict.${kind}`)}</p>
      <div class="actions">
        <Button onClick={choose("mine")}>
          {t(kind === "deleted-here" ? "sync.conflict.leave-deleted" : "sync.conflict.mine")}
        </Button>
        <Button onClick={choose("theirs")}>{t(THEIRS[kind])}</Button>
        {kind === "both" && <Button onClick={choose("both")}>{t("sync.conflict.two")}</Button>}
      </div>
    </li>
  );
}

const THEIRS = {
  both: "sync.conflict.theirs",
  "deleted-there": "sync.conflict.delete",
  "deleted-here": "sync.conflict.restore",
} as const;

function kindOf({ mine, theirs }: Conflict): keyof typeof THEIRS {
  if (mine === undefined) return "deleted-here";
  return theirs === undefined ? "deleted-there" : "both";
}

/** An object by label and frame, with the way to it. */
export function ObjectLine({
  sync,
  labels,
  onShow,
  cid,
  object,
}: ObjectsProps & { readonly cid: Cid; readonly object: Annotation | undefined }): JSX.Element {
  const there = sync.document.get(cid);
  return (
    <header>
      <strong>{object === undefined ? t("sync.object.gone") : nameOf(object, labels)}</strong>
      {onShow !== undefined && there !== undefined && (
        <Button tone="quiet" onClick={() => onShow(cid, there.frame)}>
          {t("sync.show")}
        </Button>
      )}
    </header>
  );
}

function nameOf(object: Annotation, labels: ObjectsProps["labels"]): string {
  const name = labels?.get(object.labelId)?.name ?? `#${object.id ?? object.labelId}`;
  return t("sync.object", { name, frame: object.frame });
}
