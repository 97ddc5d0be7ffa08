import type { JSX } from "preact";
import { t } from "../../i18n";
import type { WireTask } from "../tasks/wire";
import { CropDialog } from "./crop-dialog";
import { useDataset } from "./known";

export interface CropOfTaskProps {
  readonly task: WireTask;
  readonly onClose: () => void;
}

/** Cuts objects of one task out of the images of its dataset. */
export function CropOfTask({ task, onClose }: CropOfTaskProps): JSX.Element {
  const id = task.dataset_id ?? 0;
  const known = useDataset(task.dataset_id);
  const dataset = known ?? { id, name: t("dataset.number", { id }), annotType: task.annotation_type };
  return <CropDialog dataset={dataset} tasks={[task]} onClose={onClose} />;
}
