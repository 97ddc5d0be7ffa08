import "../pages/create-task.css";
import "./add-images.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { callSignedIn } from "../../session";
import { ADVANCED, numbersOf } from "../create/advanced";
import { FRAMES, type Takes } from "../create/file-chooser";
import { type Chosen, kindOf, nameFiles, problemOfName } from "../create/files";
import { sourceProblem, useMaking, useSources } from "../create/making";
import { MakingEnd } from "../create/making-end";
import { MediaPart } from "../create/media-part";
import { counted } from "../format";
import { Dialog } from "../kit/dialog";
import { Form, focusInvalid } from "../kit/field";
import { toast } from "../kit/toast";
import { NO_REPOSITORY } from "./repository";
import type { WireTask } from "./wire";

export interface AddImagesProps {
  readonly task: WireTask;
  readonly onClose: () => void;
  readonly onAdded: () => void;
}

/** All that frames are made of but videos: a task is one, or has none. */
const ADDED: Takes = {
  ...FRAMES,
  problemOf: (name) => (kindOf(name) === "video" ? "video" : problemOfName(name)),
  accept: "image/*,application/pdf,.zip,.tar,.tgz,.gz,.bz2,.xz",
  drop: "add-images.drop",
};

/** What the frames of the task are called; nothing until that is known, when `onKnown` is told. */
function useFrameNames(task: WireTask, onKnown: (names: ReadonlySet<string>) => void): ReadonlySet<string> {
  const names = useSignal<ReadonlySet<string>>(new Set());
  const { id, size } = task;
  useEffect(() => {
    let isLeft = false;
    // Without them the server says it of each, later.
    void callSignedIn<{ frames: readonly { name: string }[] }>("GET", `/tasks/${id}/data/meta`).then(
      ({ frames }) => {
        if (isLeft) return;
        names.value = new Set(frames.map(({ name }) => name));
        onKnown(names.value);
      },
      () => undefined,
    );
    return () => {
      isLeft = true;
    };
  }, [id, size]);
  return names.value;
}

/** Mark the images whose names frames have: they are left out. What the others are called follows from those left. */
export function markKnown(chosen: readonly Chosen[], names: ReadonlySet<string>): readonly Chosen[] {
  let marked = chosen.map((each) => (each.problem === "known" ? { ...each, problem: undefined } : each));
  for (;;) {
    const left = marked.filter(({ file, problem }) => problem === undefined && kindOf(file.name) === "image");
    const known = new Set(nameFiles(left).flatMap(({ file, name }) => (names.has(name) ? [file] : [])));
    if (known.size === 0) return marked;
    marked = marked.map((each) => (known.has(each.file) ? { ...each, problem: "known" as const } : each));
  }
}

/** Gives a task more images: frames behind the last, in jobs of their own. */
export function AddImages({ task, onClose, onAdded }: AddImagesProps): JSX.Element {
  const sources = useSources();
  const making = useMaking(sources);
  const isChecked = useSignal(false);
  const names = useFrameNames(task, (found) => {
    sources.chosen.value = markKnown(sources.chosen.value, found);
  });
  const state = making.run.value;
  // What has reached the server is read without us: the dialog may go.
  const isSending = state.name === "running" && state.stage.name === "sending";
  const start = (): void => {
    isChecked.value = true;
    if (sourceProblem(sources) !== undefined) {
      focusInvalid();
      return;
    }
    void making.start({
      data: { ...numbersOf(ADVANCED), isAdded: true },
      repository: NO_REPOSITORY,
      task: () => Promise.resolve(task),
    });
  };
  const made = state.name === "done" ? state.made : undefined;
  useEffect(() => {
    if (made === undefined) return;
    const count = (made.task.size ?? 0) - (task.size ?? 0);
    toast(counted("add-images.done", count, { name: task.name }), { tone: "good" });
    if (made.remark !== "") toast(made.remark, { stay: true });
    onAdded();
    onClose();
  }, [made]);
  return (
    <Dialog
      title={t("add-images.title", { name: task.name })}
      size="large"
      {...(isSending ? {} : { onClose })}
    >
      <Form class="add-images" onSubmit={start}>
        <p class="quiet">{t("add-images.hint")}</p>
        <fieldset disabled={state.name === "running"}>
          <MediaPart
            sources={sources}
            isChecked={isChecked.value}
            takes={ADDED}
            onChosen={(changed) => {
              sources.chosen.value = markKnown(changed, names);
            }}
          />
        </fieldset>
        <MakingEnd making={making} action="add-images.start" onStart={start} isKept />
      </Form>
    </Dialog>
  );
}
