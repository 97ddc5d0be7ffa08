import { X } from "lucide";
import type { JSX } from "preact";
import type { Tag } from "../../core/model";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import type { Workbench } from "./workbench";
import "./modes.css";

/** The tags of the frame shown, over its picture, in the order of their labels. */
export function TagChips({ bench }: { bench: Workbench }): JSX.Element | null {
  const order = [...bench.labels.value.keys()];
  const tags = bench.tags.value.toSorted((a, b) => order.indexOf(a.labelId) - order.indexOf(b.labelId));
  if (!bench.mode.value.tags || tags.length === 0) return null;
  return (
    <ul class="tag-chips" aria-label={t("tag.chips")}>
      {tags.map((tag) => (
        <TagChip key={tag.cid} bench={bench} tag={tag} />
      ))}
    </ul>
  );
}

function TagChip({ bench, tag }: { bench: Workbench; tag: Tag }): JSX.Element {
  const label = bench.labels.value.get(tag.labelId);
  const name = label?.name ?? t("object.unknown-label");
  return (
    <li class="tag-chip" style={{ "--label": label?.color ?? "transparent" }}>
      <span class="name" title={name}>
        {name}
      </span>
      {!bench.fixed.value && (
        <IconButton
          icon={X}
          label={t("tag.remove", { label: name })}
          onClick={() => bench.tagging.remove([tag])}
        />
      )}
    </li>
  );
}
