/** What a dataset is filled with: images, archives of them, and annotations that there are already. */

import type { Takes } from "../create/file-chooser";
import { type Chosen, type FileProblem, type Named, nameFiles, problemOfImage } from "../create/files";
import type { StageTexts } from "../create/progress-panel";

const ARCHIVE = /\.zip$/i;
/** As `parts/dataset_uploads.py` has them: annotations, and what goes with them. */
const ANNOTATIONS = /\.(jsonl?|xml|txt|csv|tsv|ya?ml|names|data)$/i;

/** What the name alone says against a file of a dataset. */
export function problemOfDatasetFile(name: string): FileProblem | undefined {
  return ARCHIVE.test(name) || ANNOTATIONS.test(name) ? undefined : problemOfImage(name);
}

export const DATASET_FILES: Takes = {
  problemOf: problemOfDatasetFile,
  accept: "image/*,.zip,.json,.jsonl,.xml,.txt,.csv,.tsv,.yaml,.yml,.names,.data",
  nameFiles,
  title: "dataset.files",
  drop: "dataset.files.drop",
  pick: "dataset.files.pick",
  count: "dataset.files.count",
};

export const DATASET_STAGES: StageTexts = {
  sending: "dataset.sending",
  preparing: "dataset.preparing",
  files: "dataset.sent.files",
  rate: "dataset.rate",
};

/** The files to send, under the names they get. */
export function namedOf(chosen: readonly Chosen[]): readonly Named[] {
  return DATASET_FILES.nameFiles(chosen.filter((each) => each.problem === undefined));
}

/** The files as the dataset manager takes them, added to `form`. */
export function withFiles(form: FormData, files: readonly Named[]): FormData {
  for (const [index, { file, name }] of files.entries())
    if (file instanceof File) form.append(`files[${index}]`, file, name);
  return form;
}
