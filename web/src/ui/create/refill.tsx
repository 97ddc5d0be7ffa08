import "../pages/create-task.css";
import { useSignal } from "@preact/signals";
import { TriangleAlert } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { counted, percent } from "../format";
import { Form, focusInvalid } from "../kit/field";
import { Icon } from "../kit/icon";
import { Waiting } from "../kit/progress";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import { useResource } from "../resource";
import { NO_REPOSITORY } from "../tasks/repository";
import { readMediaStatus, type WireTask } from "../tasks/wire";
import {
  ADVANCED,
  Advanced,
  type AdvancedProblems,
  advancedOf,
  advancedProblems,
  numbersOf,
} from "./advanced";
import { EarlierFile, nameFiles } from "./files";
import { culpritOf, groupOf, sourceProblem, useMaking, useSources } from "./making";
import { MakingEnd } from "./making-end";
import { MediaPart } from "./media-part";
import { serverFileOf } from "./share";
import { readUploads, type WireUpload, type WireUploads } from "./uploads";

export interface RefillProps {
  readonly task: WireTask;
  readonly onMade: () => void;
}

interface Standing extends WireUploads {
  /** Why the last try failed; "" if there was none. */
  readonly reason: string;
}

/** A task without frames: what was sent for it, why that came to nothing, and another try. */
export function Refill(props: RefillProps): JSX.Element {
  const { task } = props;
  const { state } = useResource(`${task.id}/uploads`, async (): Promise<Standing> => {
    const [sent, status] = await Promise.all([readUploads(task.id), readMediaStatus(task.id)]);
    return { ...sent, reason: status.state === "Failed" ? status.message : "" };
  });
  if (state.name === "loading") return <Waiting label={t("loading")} />;
  if (state.name === "failed") return <p class="form-problem">{problemOf(state.error)}</p>;
  return <RefillForm key={task.id} {...props} standing={state.value} />;
}

/** The form as it was left: what lies at the server is chosen, what was asked for is typed. */
function useRefill({ task, onMade, standing }: RefillProps & { standing: Standing }) {
  const { uploads, request, reason } = standing;
  const whole = uploads.filter((each) => each.received === each.size);
  const sources = useSources(
    whole.map(({ path, size }) => ({ file: new EarlierFile(path, size), path, problem: undefined })),
  );
  const making = useMaking(sources);
  const advanced = useSignal(request === null ? ADVANCED : advancedOf(request));
  const problems = useSignal<AdvancedProblems>({});
  const isChecked = useSignal(false);
  useEffect(() => {
    sources.server.value = (request?.server_files ?? []).map(serverFileOf);
    sources.copyData.value = request?.copy_data ?? false;
    sources.addresses.value = (request?.remote_files ?? []).join("\n");
    const culprit = culpritOf(reason, nameFiles(sources.chosen.peek()));
    if (reason !== "") making.run.value = { name: "failed", reason, culprit, isSent: uploads.length > 0 };
  }, [sources, making.run, request, reason, uploads]);
  const start = (): void => {
    problems.value = advancedProblems(advanced.value);
    isChecked.value = true;
    if (Object.keys(problems.value).length > 0 || sourceProblem(sources) !== undefined) {
      focusInvalid();
      return;
    }
    const made = making.start({
      data: numbersOf(advanced.value),
      repository: NO_REPOSITORY,
      task: async () => task,
    });
    void made.then(() => {
      const now = making.run.peek();
      if (now.name !== "done") return;
      const { remark } = now.made;
      if (remark !== "") toast(remark, { stay: true });
      onMade();
    });
  };
  return { sources, making, advanced, problems, isChecked, start };
}

function RefillForm(props: RefillProps & { standing: Standing }): JSX.Element {
  const { sources, making, advanced, problems, isChecked, start } = useRefill(props);
  const kind = groupOf(sources).taken?.kind;
  const cut = props.standing.uploads.filter((each) => each.received < each.size);
  return (
    <Form class="refill" onSubmit={start}>
      <fieldset disabled={making.run.value.name === "running"}>
        {cut.length > 0 && <Cut files={cut} />}
        <MediaPart sources={sources} isChecked={isChecked.value} />
        <Advanced
          text={advanced}
          problems={problems.value}
          isVideo={kind === undefined ? undefined : kind === "video"}
          isFilled
        />
      </fieldset>
      <MakingEnd making={making} action="refill.start" onStart={start} isKept />
    </Form>
  );
}

/** Files that did not come whole: chosen again, they go on where they stopped. */
function Cut({ files }: { files: readonly WireUpload[] }): JSX.Element {
  const [first] = files;
  return (
    <p class="warning" role="status">
      <Icon icon={TriangleAlert} />
      <span>
        {first !== undefined &&
          counted("refill.cut", files.length, {
            name: first.path,
            part: percent(first.received / first.size),
          })}
      </span>
    </p>
  );
}
