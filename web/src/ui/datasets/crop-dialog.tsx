import "./datasets.css";
import { useSignal } from "@preact/signals";
import { CircleCheck } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { counted } from "../format";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Field, Form, focusInvalid, TextField } from "../kit/field";
import { Icon } from "../kit/icon";
import { Progress } from "../kit/progress";
import { toast } from "../kit/toast";
import { Link } from "../link";
import { problemOf } from "../problem";
import { go } from "../routes";
import type { WireTask } from "../tasks/wire";
import { type Cropped, cropDataset, defaultCropType } from "./crops";
import { AnnotationTypeField } from "./type-field";
import { readDataset, type WireDataset } from "./wire";
import type { AnnotationType } from "./words";

export interface CropDialogProps {
  readonly dataset: Pick<WireDataset, "id" | "name" | "annotType">;
  /** Those whose objects can be cut out; the first is offered. */
  readonly tasks: readonly WireTask[];
  readonly onClose: () => void;
}

type Run =
  | { name: "idle" }
  | { name: "running"; progress: number; message: string }
  | { name: "failed"; reason: string }
  | { name: "done"; made: WireDataset; cropped: Cropped };

const PADDING = /^\d{1,3}$/;
const MOST_PADDING = 100;

/** What is chosen, and the making of the new dataset. */
function useCrop({ dataset, tasks }: CropDialogProps) {
  const task = useSignal(tasks[0]?.id);
  const label = useSignal(tasks[0]?.labels[0]?.name ?? "");
  const type = useSignal<AnnotationType>(defaultCropType(dataset.annotType));
  const padding = useSignal("0");
  const name = useSignal("");
  const problem = useSignal<string | undefined>(undefined);
  const run = useSignal<Run>({ name: "idle" });
  const isOpen = useRef(true);
  useEffect(
    () => () => {
      isOpen.current = false;
    },
    [],
  );
  const start = async (): Promise<void> => {
    const isGood = PADDING.test(padding.value) && Number(padding.value) <= MOST_PADDING;
    problem.value = isGood ? undefined : t("crop.padding.problem");
    if (!isGood || task.value === undefined) return focusInvalid();
    run.value = { name: "running", progress: 0, message: "" };
    try {
      const wish = {
        taskId: task.value,
        label: label.value,
        type: type.value,
        padding: Number(padding.value) / 100,
        name: name.value.trim(),
      };
      const cropped = await cropDataset(dataset.id, wish, ({ progress, message }) => {
        run.value = { name: "running", progress, message };
      });
      const made = await readDataset(cropped.datasetId);
      run.value = { name: "done", made, cropped };
      // Whoever went on meanwhile is told in passing.
      if (!isOpen.current)
        toast(t("crop.done", { name: made.name }), {
          tone: "good",
          stay: true,
          action: { text: t("crop.open"), run: () => void go(`/datasets/${made.id}`) },
        });
    } catch (error) {
      const reason = problemOf(error);
      run.value = { name: "failed", reason };
      if (!isOpen.current) toast(t("crop.failed", { name: dataset.name, reason }), { tone: "danger" });
    }
  };
  return { task, label, type, padding, name, problem, run, start };
}

/** Cuts every object of a label out of the images of a task: each becomes an image of a new dataset. */
export function CropDialog(props: CropDialogProps): JSX.Element {
  const { dataset, onClose } = props;
  const crop = useCrop(props);
  const now = crop.run.value;
  return (
    <Dialog title={t("crop.title", { name: dataset.name })} onClose={onClose}>
      {now.name === "done" ? (
        <Done made={now.made} cropped={now.cropped} onClose={onClose} />
      ) : now.name === "running" ? (
        <Running progress={now.progress} message={now.message} onClose={onClose} />
      ) : (
        <CropForm {...props} crop={crop} />
      )}
    </Dialog>
  );
}

interface CropFormProps extends CropDialogProps {
  readonly crop: ReturnType<typeof useCrop>;
}

function CropForm({ dataset, tasks, crop, onClose }: CropFormProps): JSX.Element {
  const { label, type, padding, name, problem, run, start } = crop;
  const now = run.value;
  return (
    <Form onSubmit={() => void start()}>
      <p>{t("crop.text")}</p>
      <Labels tasks={tasks} crop={crop} />
      <AnnotationTypeField
        value={type.value}
        required
        onPick={(picked) => {
          if (picked !== "") type.value = picked;
        }}
      />
      <TextField
        label={t("crop.padding")}
        hint={t("crop.padding.hint")}
        value={padding.value}
        error={problem.value}
        onInput={(value) => {
          padding.value = value.trim();
          problem.value = undefined;
        }}
      />
      <TextField
        label={t("crop.name")}
        placeholder={`${dataset.name}_crop_${label.value}_…`}
        hint={t("crop.name.hint")}
        value={name.value}
        maxLength={256}
        onInput={(value) => {
          name.value = value;
        }}
      />
      <p class="form-problem" role="alert">
        {now.name === "failed" && t("crop.failed", { name: dataset.name, reason: now.reason })}
      </p>
      <div class="form-actions">
        <Button onClick={onClose}>{t("cancel")}</Button>
        <Button type="submit" tone="primary" disabled={label.value === ""}>
          {t("crop.start")}
        </Button>
      </div>
    </Form>
  );
}

/** The task, where there are several, and the label of it. */
function Labels({ tasks, crop }: Pick<CropFormProps, "tasks" | "crop">): JSX.Element {
  const { task, label } = crop;
  const labels = tasks.find((each) => each.id === task.value)?.labels ?? [];
  return (
    <>
      {tasks.length > 1 && (
        <Choice
          label={t("crop.task")}
          value={String(task.value)}
          choices={tasks.map((each) => [String(each.id), `#${each.id} ${each.name}`])}
          onPick={(picked) => {
            task.value = Number(picked);
            label.value = tasks.find((each) => each.id === task.value)?.labels[0]?.name ?? "";
          }}
        />
      )}
      <Choice
        label={t("crop.label")}
        hint={labels.length === 0 ? t("crop.no-labels") : t("crop.label.hint")}
        value={label.value}
        choices={labels.map((each) => [each.name, each.name])}
        onPick={(picked) => {
          label.value = picked;
        }}
      />
    </>
  );
}

function Choice(props: {
  label: string;
  hint?: string;
  value: string;
  choices: readonly (readonly [value: string, text: string])[];
  onPick: (value: string) => void;
}): JSX.Element {
  const { label, hint, value, choices, onPick } = props;
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <select {...control} value={value} onChange={(event) => onPick(event.currentTarget.value)}>
          {choices.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Running(props: { progress: number; message: string; onClose: () => void }): JSX.Element {
  const { progress, message, onClose } = props;
  return (
    <>
      <p role="status">{message || t("operation.crop")}</p>
      <Progress value={progress > 0 ? progress : undefined} label={t("operation.crop")} />
      <div class="form-actions">
        <Button autofocus onClick={onClose}>
          {t("crop.go-on")}
        </Button>
      </div>
    </>
  );
}

function Done(props: { made: WireDataset; cropped: Cropped; onClose: () => void }): JSX.Element {
  const { made, cropped, onClose } = props;
  const { skipped, deletedFrames } = cropped;
  // The next thing is one key away.
  useEffect(() => document.querySelector<HTMLElement>(".crop-done .primary")?.focus(), []);
  return (
    <div class="crop-done" role="status">
      <Icon icon={CircleCheck} size={32} />
      <p>
        <b>{t("crop.done", { name: made.name })}</b>
      </p>
      <p class="quiet">{counted("task.images", made.itemCount)}</p>
      {skipped > 0 && <p class="quiet">{counted("crop.skipped", skipped)}</p>}
      {deletedFrames > 0 && <p class="quiet">{counted("crop.deleted-frames", deletedFrames)}</p>}
      <div class="empty-action">
        <Link class="button primary" to={`/tasks/create/${made.id}`}>
          {t("dataset.create-task")}
        </Link>
        <Link class="button" to={`/datasets/${made.id}`}>
          {t("crop.open")}
        </Link>
        <Button onClick={onClose}>{t("close")}</Button>
      </div>
    </div>
  );
}
