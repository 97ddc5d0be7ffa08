import "../pages/create-task.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Failed } from "../create/failed";
import { FileChooser } from "../create/file-chooser";
import { ProgressPanel } from "../create/progress-panel";
import { counted } from "../format";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Form } from "../kit/field";
import { toast } from "../kit/toast";
import { DATASET_FILES, DATASET_STAGES, withFiles } from "./files";
import { useFilling } from "./filling";
import { addItems, type WireDataset } from "./wire";

export interface AddDialogProps {
  readonly dataset: WireDataset;
  readonly onClose: () => void;
  readonly onAdded: () => void;
}

/** Puts more images into a dataset. */
export function AddDialog({ dataset, onClose, onAdded }: AddDialogProps): JSX.Element {
  const { chosen, state, run, leaveOut, named } = useFilling();
  const problem = useSignal<string | undefined>(undefined);
  const now = state.value;
  const start = async (): Promise<void> => {
    const files = named();
    problem.value = files.length === 0 ? t("dataset.no-files") : undefined;
    if (files.length === 0) return;
    const form = withFiles(new FormData(), files);
    const done = await run(files, async (options) => {
      await addItems(dataset.id, form, options);
      return true;
    });
    if (done === undefined) return;
    toast(counted("items.added", files.length, { name: dataset.name }), { tone: "good" });
    onAdded();
    onClose();
  };
  return (
    <Dialog
      title={t("items.add.title", { name: dataset.name })}
      {...(now.name === "running" ? {} : { onClose })}
    >
      <Form class="filling" onSubmit={() => void start()}>
        <fieldset class="plain-fields" disabled={now.name === "running"}>
          <FileChooser
            chosen={chosen.value}
            takes={DATASET_FILES}
            error={chosen.value.some((each) => each.problem === undefined) ? undefined : problem.value}
            onChange={(changed) => {
              chosen.value = changed;
            }}
          />
        </fieldset>
        {now.name === "failed" && (
          <Failed
            title="items.add.failed"
            reason={now.reason}
            culprit={now.culprit}
            onLeaveOut={(file) => {
              leaveOut(file);
              void start();
            }}
          />
        )}
        {now.name === "running" ? (
          <ProgressPanel
            stage={now.stage}
            fileCount={now.count}
            texts={DATASET_STAGES}
            onCancel={() => now.stop.abort()}
          />
        ) : (
          <div class="form-actions">
            <Button onClick={onClose}>{t("cancel")}</Button>
            <Button type="submit" tone="primary">
              {t(now.name === "failed" ? "retry" : "items.add.start")}
            </Button>
          </div>
        )}
      </Form>
    </Dialog>
  );
}
