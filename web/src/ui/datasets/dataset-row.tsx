import { useSignal } from "@preact/signals";
import { Database, Images } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { age, counted, moment } from "../format";
import { Icon } from "../kit/icon";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { DatasetMenu, deletingDatasets } from "./dataset-menu";
import { Kind, Published, Status } from "./facts";
import { listItems, previewAddress, type WireDataset } from "./wire";

export interface DatasetRowProps {
  readonly dataset: WireDataset;
  readonly onDeleted: () => void;
}

/** One dataset of the list. */
export function DatasetRow({ dataset, onDeleted }: DatasetRowProps): JSX.Element {
  const isGoing = deletingDatasets.value.has(dataset.id);
  const created = new Date(dataset.createdAt).toISOString();
  return (
    <li class={`task-row ${isGoing ? "going" : ""}`} aria-busy={isGoing} inert={isGoing}>
      <FirstImage dataset={dataset} />
      <div class="task-what">
        <h2>
          <Link to={`/datasets/${dataset.id}`}>
            <bdi>{dataset.name}</bdi>
          </Link>
          <span class="task-id">#{dataset.id}</span>
        </h2>
        <p class="quiet">
          <span {...tip(moment(created))}>{t("task.created", { age: age(created) })}</span>
          {dataset.description !== "" && <span class="dataset-about">{dataset.description}</span>}
        </p>
        <p class="belonging">
          <Kind of={dataset} />
          <Published of={dataset} />
        </p>
      </div>
      <div class="task-done project-side">
        <p>
          <Status of={dataset} />
        </p>
        <p class="quiet">
          {counted("task.images", dataset.itemCount)} · {counted("dataset.annotations", dataset.annotCount)}
        </p>
      </div>
      <div class="task-actions">
        <DatasetMenu dataset={dataset} onDeleted={onDeleted} />
      </div>
    </li>
  );
}

/** The first image of a dataset, small. */
export function FirstImage({ dataset }: { dataset: WireDataset }): JSX.Element {
  const path = useSignal<string | undefined>(undefined);
  const { id, tag, itemCount } = dataset;
  useEffect(() => {
    path.value = undefined;
    if (itemCount === 0) return;
    const asked = new AbortController();
    listItems(id, { pageNum: 1, pageSize: 1 }, asked.signal).then(
      ({ items }) => {
        path.value = items[0]?.path;
      },
      () => undefined,
    );
    return () => asked.abort();
  }, [id, tag, itemCount, path]);
  return (
    <div class="preview">
      {path.value === undefined ? (
        <Icon icon={itemCount === 0 ? Database : Images} size={24} />
      ) : (
        <img
          src={previewAddress(id, path.value)}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => {
            path.value = undefined;
          }}
        />
      )}
    </div>
  );
}
