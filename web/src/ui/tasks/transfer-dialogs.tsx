import { useSignal } from "@preact/signals";
import { TriangleAlert } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { call } from "../../api";
import { t } from "../../i18n";
import { remember, remembered } from "../../remember";
import { counted } from "../format";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Field, Form, TextField } from "../kit/field";
import { Icon } from "../kit/icon";
import { Waiting } from "../kit/progress";
import { problemOf } from "../problem";
import { useResource } from "../resource";
import { exportAnnotations, type Format, type Formats, importAnnotations, type Named } from "./transfer";
import type { WireTask } from "./wire";

/** Chooses format, images and name, then exports in the background. */
export function ExportDialog({ task, onClose }: { task: WireTask; onClose: () => void }): JSX.Element {
  const format = useSignal("");
  const withImages = useSignal(false);
  const fileName = useSignal("");
  return (
    <Formatted
      title={t("export.title", { name: task.name })}
      side="exporters"
      chosen={format}
      onClose={onClose}
    >
      {(formats) => (
        <Form
          id="transfer"
          onSubmit={() => {
            remember("exporters", format.value);
            onClose();
            void exportAnnotations(task, {
              format: format.value,
              withImages: withImages.value,
              fileName: fileName.value,
            });
          }}
        >
          <FormatField formats={formats} chosen={format} />
          <label class="check">
            <input
              type="checkbox"
              checked={withImages.value}
              onChange={(event) => {
                withImages.value = event.currentTarget.checked;
              }}
            />
            {t("export.images")}
          </label>
          <TextField
            label={t("export.name")}
            value={fileName.value}
            placeholder={t("export.name.own")}
            onInput={(value) => {
              fileName.value = value;
            }}
          />
          {task.frames_deleted > 0 && (
            <p class="quiet">{counted("export.frames-deleted", task.frames_deleted)}</p>
          )}
          <Actions onClose={onClose} action={t("export.start")} />
        </Form>
      )}
    </Formatted>
  );
}

export interface ImportDialogProps {
  readonly target: Named & { readonly path: string; readonly taskId: number };
  readonly onClose: () => void;
  readonly onImported: () => void;
}

/** Chooses format and file, says that annotations are replaced, then imports in the background. */
export function ImportDialog({ target, onClose, onImported }: ImportDialogProps): JSX.Element {
  const format = useSignal("");
  const file = useSignal<File | undefined>(undefined);
  const problem = useSignal("");
  return (
    <Formatted
      title={t("import.title", { name: target.name })}
      side="importers"
      chosen={format}
      onClose={onClose}
    >
      {(formats) => (
        <Form
          onSubmit={async () => {
            if (file.value === undefined || file.value.size === 0) {
              problem.value = t(file.value === undefined ? "import.no-file" : "import.empty");
              return;
            }
            remember("importers", format.value);
            onClose();
            if (await importAnnotations(target, format.value, file.value)) onImported();
          }}
        >
          <FormatField formats={formats} chosen={format} />
          <Field label={t("import.file")} error={problem.value || undefined}>
            {(control) => (
              <input
                {...control}
                type="file"
                accept={acceptOf(formats.find((each) => each.name === format.value))}
                onChange={(event) => {
                  file.value = event.currentTarget.files?.[0];
                  problem.value = "";
                }}
              />
            )}
          </Field>
          <p class="warning">
            <Icon icon={TriangleAlert} />
            {t("import.replaces")}
          </p>
          <Actions onClose={onClose} action={t("import.start")} />
        </Form>
      )}
    </Formatted>
  );
}

/** The dialog around a form that needs the list of formats. */
function Formatted(props: {
  title: string;
  side: keyof Formats;
  chosen: { value: string };
  onClose: () => void;
  children: (formats: readonly Format[]) => ComponentChildren;
}): JSX.Element {
  const { title, side, chosen, onClose, children } = props;
  const { state, reload } = useResource("formats", (signal) =>
    call<Formats>("GET", "/server/annotation/formats", { signal }).then((found) => {
      const enabled = found[side].filter((each) => each.enabled);
      const names = enabled.map((each) => each.name);
      chosen.value = remembered(side, names) ?? names[0] ?? "";
      return enabled;
    }),
  );
  return (
    <Dialog title={title} size="small" onClose={onClose}>
      {state.name === "loading" && <Waiting label={t("loading")} />}
      {state.name === "failed" && (
        <>
          <p class="form-problem" role="alert">
            {problemOf(state.error)}
          </p>
          <Button onClick={() => void reload()}>{t("retry")}</Button>
        </>
      )}
      {state.name === "ready" && children(state.value)}
    </Dialog>
  );
}

function FormatField({
  formats,
  chosen,
}: {
  formats: readonly Format[];
  chosen: { value: string };
}): JSX.Element {
  return (
    <Field label={t("format")}>
      {(control) => (
        <select
          {...control}
          autofocus
          value={chosen.value}
          onChange={(event) => {
            chosen.value = event.currentTarget.value;
          }}
        >
          {formats.map((each) => (
            <option key={each.name} value={each.name}>
              {each.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Actions({ onClose, action }: { onClose: () => void; action: string }): JSX.Element {
  return (
    <div class="form-actions">
      <Button onClick={onClose}>{t("cancel")}</Button>
      <Button type="submit" tone="primary">
        {action}
      </Button>
    </div>
  );
}

/** "JSON, ZIP" as the file picker wants it. */
function acceptOf(format: Format | undefined): string {
  return (format?.ext ?? "")
    .split(",")
    .map((ending) => ending.trim().toLowerCase())
    .filter((ending) => ending !== "")
    .map((ending) => `.${ending}`)
    .join(",");
}
