import { useSignal } from "@preact/signals";
import { FolderOpen, Images, Server, TriangleAlert, Upload, X } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Key, t } from "../../i18n";
import { bytes, type Counted, counted } from "../format";
import { Button, IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { toast } from "../kit/toast";
import { Windowed } from "../kit/windowed";
import { type AddressesProps, useAddresses } from "./addresses";
import { entriesOf, findDisguised, foundInInput, walk } from "./collect";
import {
  addFiles,
  type Chosen,
  EarlierFile,
  type FileProblem,
  type Found,
  inFrameOrder,
  MEDIA,
  MENDABLE,
  type Named,
  nameFiles,
  renamedCount,
  type Taking,
} from "./files";
import { ServerFiles } from "./server-files";
import type { ServerFile } from "./share";
import { ShareDialog, type ShareDialogProps } from "./share-dialog";

/** What files are taken, how they are named, and what is said of them. */
export interface Takes extends Taking {
  readonly nameFiles: (files: readonly Found[]) => readonly Named[];
  readonly title: Key;
  readonly drop: Key;
  readonly pick: Key;
  readonly count: Counted;
  /** Of files that must be called otherwise; undefined where names are no matter. */
  readonly renamed?: Counted;
}

/** What the frames of a new task are made of. */
export const FRAMES: Takes = {
  ...MEDIA,
  nameFiles,
  title: "files",
  drop: "files.drop",
  pick: "files.pick",
  count: "files.chosen",
  renamed: "files.renamed",
};

export interface FileChooserProps {
  readonly chosen: readonly Chosen[];
  readonly onChange: (chosen: readonly Chosen[]) => void;
  /** What of the server's share is chosen, where that can be. */
  readonly server?: {
    readonly files: readonly ServerFile[];
    readonly onChoose: (files: readonly ServerFile[]) => void;
  };
  /** Addresses the server fetches files from, where that can be. */
  readonly addresses?: AddressesProps;
  readonly takes?: Takes;
  readonly error?: string | undefined;
}

const ROW_PX = 30;
const NO_ADDRESSES: AddressesProps = { text: "", onInput: () => undefined };

/** Takes files as they are found, and those of a drop as they are read. */
function useIncoming({ chosen, onChange, takes }: Pick<FileChooserProps, "chosen" | "onChange" | "takes">) {
  /** How many of a drop were found so far, while it is read. */
  const reading = useSignal<number | undefined>(undefined);
  const newest = useRef(chosen);
  newest.current = chosen;
  const add = async (found: readonly Found[]): Promise<void> => {
    const added = addFiles(newest.current, found, takes);
    if (added.length === newest.current.length && found.length > 0)
      toast(t("files.nothing-new"), { key: "files" });
    onChange(added);
    // What is inside takes a while to see for thousands; meanwhile some may have been removed.
    const problems = await findDisguised(added);
    if (problems.size > 0)
      onChange(newest.current.map((each) => ({ ...each, problem: problems.get(each.file) ?? each.problem })));
  };
  const drop = async (entries: readonly FileSystemEntry[]): Promise<void> => {
    reading.value = 0;
    try {
      await add(
        await walk(entries, (count) => {
          reading.value = count;
        }),
      );
    } catch {
      toast(t("files.unreadable-folder"), { tone: "danger" });
    } finally {
      reading.value = undefined;
    }
  };
  return { add, drop, reading: reading.value };
}

/**
 * Take files that are dropped anywhere on the page, for `place`; answers whether some are held over it. Beside a drop
 * area the browser would open them instead of the page, and what was typed would be lost.
 */
function useDrops(
  place: { readonly current: HTMLElement | null },
  drop: (entries: readonly FileSystemEntry[]) => Promise<void>,
): boolean {
  const over = useSignal(0);
  const newest = useRef(drop);
  newest.current = drop;
  useEffect(() => {
    const stop = new AbortController();
    const listen = (
      name: "dragenter" | "dragleave" | "dragover" | "drop",
      take: (event: DragEvent) => void,
    ) =>
      document.addEventListener(
        name,
        (event) => {
          if (event.dataTransfer?.types.includes("Files")) take(event);
        },
        { signal: stop.signal },
      );
    listen("dragenter", () => {
      over.value += 1;
    });
    listen("dragleave", () => {
      over.value -= 1;
    });
    listen("dragover", (event) => event.preventDefault());
    listen("drop", (event) => {
      event.preventDefault();
      over.value = 0;
      const isShut = place.current?.closest("fieldset:disabled") !== null;
      if (event.dataTransfer !== null && !isShut) void newest.current(entriesOf(event.dataTransfer));
    });
    return () => stop.abort();
  }, [over, place]);
  return over.value > 0;
}

/** Where files are dropped or picked, and the list of them. */
export function FileChooser(props: FileChooserProps): JSX.Element {
  const { chosen, onChange, server, addresses = NO_ADDRESSES, takes = FRAMES, error } = props;
  const fetched = useAddresses(addresses);
  const place = useRef<HTMLElement>(null);
  const { add, drop, reading } = useIncoming(props);
  const over = useDrops(place, drop);
  const isSmall = chosen.length > 0 || (server?.files.length ?? 0) > 0 || fetched.field !== null;
  return (
    <section ref={place} class={`files ${over ? "over" : ""}`} aria-label={t(takes.title)}>
      <div class={`drop ${isSmall ? "small" : ""}`}>
        <Icon icon={Upload} size={isSmall ? 20 : 32} />
        <p>
          {reading === undefined
            ? t(isSmall ? "files.drop.more" : takes.drop)
            : counted("files.reading", reading)}
        </p>
        <div class="drop-buttons">
          <PickButton takes={takes} folder={false} onPicked={add} />
          <PickButton takes={takes} folder onPicked={add} />
          {server !== undefined && <ShareButton {...server} />}
          {addresses !== NO_ADDRESSES && fetched.button}
        </div>
      </div>
      {fetched.field}
      {error !== undefined && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
      {chosen.length > 0 && <Files chosen={chosen} takes={takes} onChange={onChange} />}
      {server !== undefined && server.files.length > 0 && (
        <ServerFiles files={server.files} onChange={server.onChoose} />
      )}
    </section>
  );
}

function ShareButton(props: Pick<ShareDialogProps, "files" | "onChoose">): JSX.Element {
  const open = useSignal(false);
  const set = (isOpen: boolean): void => {
    open.value = isOpen;
  };
  return (
    <>
      <Button icon={Server} aria-haspopup="dialog" onClick={() => set(true)}>
        {t("files.share")}
      </Button>
      {open.value && <ShareDialog {...props} onClose={() => set(false)} />}
    </>
  );
}

function PickButton(props: {
  takes: Takes;
  folder: boolean;
  onPicked: (found: readonly Found[]) => Promise<void>;
}): JSX.Element {
  const { takes, folder, onPicked } = props;
  const input = useRef<HTMLInputElement>(null);
  const name = t(folder ? "files.pick-folder" : takes.pick);
  return (
    <>
      <Button icon={folder ? FolderOpen : Images} onClick={() => input.current?.click()}>
        {name}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={name}
        {...(folder ? { webkitdirectory: true } : { accept: takes.accept })}
        onChange={(event) => {
          const files = event.currentTarget.files;
          if (files !== null) void onPicked(foundInInput(files));
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}

function Files(props: Pick<FileChooserProps, "chosen" | "onChange"> & { takes: Takes }): JSX.Element {
  const { chosen, onChange, takes } = props;
  const bad = chosen.filter((each) => each.problem !== undefined);
  const good = chosen.filter((each) => each.problem === undefined);
  const size = good.reduce((sum, { file }) => sum + file.size, 0);
  const named = takes.nameFiles(good);
  const renamed = renamedCount(named);
  // What is wrong stands first: among thousands it would not be found. The rest stands as the frames will.
  const shown = [...bad, ...inFrameOrder(good, named)];
  return (
    <>
      <div class="files-head">
        <span>
          <b>{counted(takes.count, good.length)}</b> · {bytes(size)}
        </span>
        <Button tone="quiet" onClick={() => onChange([])}>
          {t("files.clear")}
        </Button>
      </div>
      {bad.length > 0 && <LeftOut files={bad} onRemove={() => onChange(good)} />}
      {takes.renamed !== undefined && renamed > 0 && (
        <p class="note" role="status">
          {counted(takes.renamed, renamed)}
        </p>
      )}
      <Windowed
        class="file-list"
        count={shown.length}
        rowPx={ROW_PX}
        label={t(takes.title)}
        row={(index) => {
          const each = shown[index];
          return (
            each && (
              <FileRow chosen={each} onRemove={() => onChange(chosen.filter((other) => other !== each))} />
            )
          );
        }}
      />
    </>
  );
}

/** How many files are left out, and once for all of a kind what can be done. */
function LeftOut({ files, onRemove }: { files: readonly Chosen[]; onRemove: () => void }): JSX.Element {
  const advised = MENDABLE.filter((each) => files.some(({ problem }) => problem === each));
  return (
    <div class="warning" role="status">
      <Icon icon={TriangleAlert} />
      <span>{counted("files.left-out", files.length)}</span>
      <Button tone="quiet" onClick={onRemove}>
        {t("files.remove-bad")}
      </Button>
      {advised.map((each) => (
        <p key={each} class="advice">
          {t(`files.advice.${each}`)}
        </p>
      ))}
    </div>
  );
}

function Problem({ problem }: { problem: FileProblem }): JSX.Element {
  const told = t(`files.problem.${problem}`);
  return (
    <span class="file-problem" title={told}>
      {told}
    </span>
  );
}

function FileRow({ chosen, onRemove }: { chosen: Chosen; onRemove: () => void }): JSX.Element {
  const { file, path, problem } = chosen;
  return (
    <div class={`file ${problem === undefined ? "" : "bad"}`}>
      <span class="file-path" title={path}>
        <bdi>{path}</bdi>
      </span>
      {problem !== undefined && <Problem problem={problem} />}
      {file instanceof EarlierFile && <span class="badge">{t("files.sent")}</span>}
      <span class="quiet">{bytes(file.size)}</span>
      <IconButton icon={X} label={t("files.remove", { name: file.name })} onClick={onRemove} />
    </div>
  );
}
