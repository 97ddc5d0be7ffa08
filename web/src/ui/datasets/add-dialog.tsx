import "../pages/create-task.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { FileChooser } from "../create/file-chooser";
import { counted } from "../format";
import { Dialog } from "../kit/dialog";
import { Form } from "../kit/field";
import { toast } from "../kit/toast";
import { DATASET_FILES, withFiles } from "./files";
import { useFilling } from "./filling";
import { FillingEnd } from "./filling-end";
import { addItems, type WireDataset } from "./wire";

export interface AddDialogProps {
  readonly dataset: WireDataset;
  readonly onClose: () => void;
  readonly onAdded: () => void;
}

/** Puts more images into a dataset. */
export function AddDialog({ dataset, onClose, onAdded }: AddDialogProps): JSX.Element {
  const filling = useFilling();
  const { chosen } = filling;
  const problem = useSignal<string | undefined>(undefined);
  const isRunning = filling.state.value.name === "running";
  const start = async (): Promise<void> => {
    const files = filling.named();
    problem.value = files.length === 0 ? t("dataset.no-files") : undefined;
    if (files.length === 0) return;
    const form = withFiles(new FormData(), files);
    const filled = await filling.run(files, (options) => addItems(dataset.id, form, options));
    if (filled === undefined) return;
    toast(counted("items.added", files.length, { name: dataset.name }), { tone: "good" });
    onAdded();
    onClose();
  };
  return (
    <Dialog title={t("items.add.title", { name: dataset.name })} {...(isRunning ? {} : { onClose })}>
      <Form class="filling" onSubmit={() => void start()}>
        <fieldset class="plain-fields" disabled={isRunning}>
          <FileChooser
            chosen={chosen.value}
            takes={DATASET_FILES}
            error={chosen.value.some((each) => each.problem === undefined) ? undefined : problem.value}
            onChange={(changed) => {
              chosen.value = changed;
            }}
          />
        </fieldset>
        <FillingEnd
          filling={filling}
          failed="items.add.failed"
          action="items.add.start"
          onCancel={onClose}
          onAgain={() => void start()}
        />
      </Form>
    </Dialog>
  );
}
