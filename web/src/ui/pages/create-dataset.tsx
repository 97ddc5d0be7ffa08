import "../datasets/datasets.css";
import "../listing/listing.css";
import "./create-task.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { call } from "../../api";
import { t } from "../../i18n";
import { mayCreate } from "../../session";
import { FileChooser } from "../create/file-chooser";
import { type Chosen, folderOf } from "../create/files";
import { DATASET_FILES, withFiles } from "../datasets/files";
import { useFilling } from "../datasets/filling";
import { FillingEnd } from "../datasets/filling-end";
import { Forbidden } from "../datasets/forbidden";
import { AnnotationTypeField } from "../datasets/type-field";
import { createDataset } from "../datasets/wire";
import { type AnnotationType, FORMATS } from "../datasets/words";
import { Field, Form, focusInvalid, TextField } from "../kit/field";
import { toast } from "../kit/toast";
import { useResource } from "../resource";
import { go } from "../routes";
import type { Formats } from "../tasks/transfer";

const NAME_LIMIT = 256;

/** Where the images of a new dataset come from. */
type Source = "upload" | "folder";

interface Problems {
  readonly name?: string;
  readonly files?: string;
  readonly folder?: string;
}

/** A new dataset: its name, what its annotations are for, its images. */
export function CreateDataset(): JSX.Element {
  return mayCreate() ? <CreateForm /> : <Forbidden title="datasets.create.forbidden" />;
}

/** What is typed and chosen, and the making of the dataset. */
function useDraft() {
  const name = useSignal("");
  const description = useSignal("");
  const type = useSignal<AnnotationType>("object_detection");
  const format = useSignal(FORMATS.object_detection);
  const source = useSignal<Source>("upload");
  const folder = useSignal("");
  const problems = useSignal<Problems>({});
  const filling = useFilling();
  const start = async (): Promise<void> => {
    const isUpload = source.value === "upload";
    const files = isUpload ? filling.named() : [];
    problems.value = {
      ...(name.value.trim() === "" ? { name: t("field.required") } : {}),
      ...(isUpload && files.length === 0 ? { files: t("dataset.no-files") } : {}),
      ...(!isUpload && folder.value.trim() === "" ? { folder: t("field.required") } : {}),
    };
    if (Object.keys(problems.value).length > 0) return focusInvalid();
    const form = new FormData();
    form.append("name", name.value.trim());
    form.append("description", description.value.trim());
    form.append("annotType", type.value);
    form.append("cvDatasetFormat", format.value);
    if (!isUpload) form.append("storagePath", folder.value.trim());
    const made = await filling.run(files, (options) => createDataset(withFiles(form, files), options));
    if (made === undefined) return;
    toast(t("create-dataset.done", { name: made.name }), { tone: "good" });
    await go(`/datasets/${made.id}`, { replace: true });
  };
  return { name, description, type, format, source, folder, problems, filling, start };
}

type Draft = ReturnType<typeof useDraft>;

function CreateForm(): JSX.Element {
  const draft = useDraft();
  const { name, description, problems, filling, start } = draft;
  return (
    <Form class="create" onSubmit={() => void start()}>
      <div class="page-head">
        <h1>{t("datasets.create")}</h1>
      </div>
      <fieldset class="create-fields" disabled={filling.state.value.name === "running"}>
        <TextField
          label={t("dataset.name")}
          value={name.value}
          autofocus
          maxLength={NAME_LIMIT}
          error={problems.value.name}
          onInput={(value) => {
            name.value = value;
            problems.value = {};
          }}
        />
        <TextField
          label={t("dataset.description")}
          value={description.value}
          onInput={(value) => {
            description.value = value;
          }}
        />
        <Kind draft={draft} />
        <SourcePart draft={draft} />
      </fieldset>
      <FillingEnd
        filling={filling}
        failed="create-dataset.failed"
        action="create-dataset.start"
        onCancel={() => void go("/datasets")}
        onAgain={() => void start()}
      />
    </Form>
  );
}

/** What annotations are for, and the format they come and go in: the usual one of the type unless another is chosen. */
function Kind({ draft: { type, format } }: { draft: Draft }): JSX.Element {
  const { state } = useResource("formats", (signal) =>
    call<Formats>("GET", "/server/annotation/formats", { signal }),
  );
  const known = state.name === "ready" ? state.value.exporters.filter((each) => each.enabled) : [];
  const names = [...new Set([...Object.values(FORMATS), ...known.map((each) => each.name)])].sort();
  return (
    <div class="field-pair dataset-kind">
      <AnnotationTypeField
        value={type.value}
        required
        onPick={(picked) => {
          if (picked === "") return;
          type.value = picked;
          format.value = FORMATS[picked];
        }}
      />
      <Field label={t("dataset.format")} hint={t("dataset.format.hint")}>
        {(control) => (
          <select
            {...control}
            value={format.value}
            onChange={(event) => {
              format.value = event.currentTarget.value;
            }}
          >
            {names.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

const SOURCES: readonly Source[] = ["upload", "folder"];

/** The images: uploaded, or those of a folder that the server has already. */
function SourcePart({ draft }: { draft: Draft }): JSX.Element {
  const { name, source, folder, problems, filling } = draft;
  const { chosen } = filling;
  return (
    <section class="create-part" aria-label={t("files")}>
      <h2>{t("files")}</h2>
      <fieldset class="segments dataset-source">
        <legend class="unseen">{t("dataset.source")}</legend>
        {SOURCES.map((each) => (
          <label key={each}>
            <input
              class="unseen"
              type="radio"
              name="source"
              checked={source.value === each}
              onChange={() => {
                source.value = each;
                problems.value = {};
              }}
            />
            <span>{t(`dataset.source.${each}`)}</span>
          </label>
        ))}
      </fieldset>
      {source.value === "folder" ? (
        <TextField
          label={t("dataset.folder")}
          hint={t("dataset.folder.hint")}
          placeholder="images/street"
          value={folder.value}
          error={problems.value.folder}
          onInput={(value) => {
            folder.value = value;
            problems.value = {};
          }}
        />
      ) : (
        <FileChooser
          chosen={chosen.value}
          takes={DATASET_FILES}
          error={chosen.value.some((each) => each.problem === undefined) ? undefined : problems.value.files}
          onChange={(changed) => {
            chosen.value = changed;
            if (name.value === "") name.value = nameIn(changed);
          }}
        />
      )}
    </section>
  );
}

/** A good first name for a dataset: that of the folder all files lie in, or of the only archive. */
function nameIn(chosen: readonly Chosen[]): string {
  const [only] = chosen;
  const archive = chosen.length === 1 ? /^(.+)\.zip$/i.exec(only?.file.name ?? "")?.[1] : undefined;
  return (archive ?? folderOf(chosen)).slice(0, NAME_LIMIT);
}
