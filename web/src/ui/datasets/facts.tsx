import { CircleCheck, Tag } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { counted } from "../format";
import { Icon } from "../kit/icon";
import type { WireDataset } from "./wire";
import { statusName, typeName } from "./words";

const DOTS: Readonly<Record<string, string>> = { labeling: "progress", labeled: "completed" };

/** How far a dataset is labelled. */
export function Status({ of: { annotStatus } }: { of: WireDataset }): JSX.Element {
  return (
    <span class="dataset-status">
      <i class={`dot ${DOTS[annotStatus] ?? ""}`} aria-hidden="true" />
      {statusName(annotStatus)}
    </span>
  );
}

/** Whether annotations were published to it. */
export function Published({ of: { isPublished } }: { of: WireDataset }): JSX.Element | null {
  if (!isPublished) return null;
  return (
    <span class="badge published">
      <Icon icon={CircleCheck} size={12} />
      {t("dataset.published")}
    </span>
  );
}

/** What annotations of it are for, and the format they are in. */
export function Kind({ of: { annotType, cvDatasetFormat } }: { of: WireDataset }): JSX.Element {
  return (
    <>
      {annotType !== "" && (
        <span class="badge">
          <Icon icon={Tag} size={12} />
          <bdi>{typeName(annotType)}</bdi>
        </span>
      )}
      <span class="badge">
        <bdi>{cvDatasetFormat}</bdi>
      </span>
    </>
  );
}

export function Amounts({ of: { itemCount, annotCount } }: { of: WireDataset }): JSX.Element {
  return (
    <>
      <span>{counted("task.images", itemCount)}</span>
      <span class="quiet">{counted("dataset.annotations", annotCount)}</span>
    </>
  );
}
