import "./share.css";
import { useSignal } from "@preact/signals";
import { ServerOff } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { callSignedIn } from "../../session";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Empty } from "../kit/empty";
import { problemOf } from "../problem";
import { chosenText } from "./server-files";
import {
  chosenFiles,
  type Folder,
  foldersAbove,
  type ServerFile,
  type ShareChoice,
  type ShareEntry,
  type ShareTree,
} from "./share";
import { ShareTreeView } from "./share-tree";

export interface ShareDialogProps {
  /** What was chosen before. */
  readonly files: readonly ServerFile[];
  readonly onChoose: (files: readonly ServerFile[]) => void;
  readonly onClose: () => void;
}

/** The tree as far as it is opened; folders are read when they are. Those that `files` lie in are open at first. */
function useTree(files: readonly ServerFile[]): {
  tree: ShareTree;
  setOpen: (path: string, isOpen: boolean) => void;
} {
  const tree = useSignal<ShareTree>({ folders: new Map(), open: new Set() });
  const note = (path: string, folder: Folder): void => {
    const { folders, open } = tree.peek();
    tree.value = { folders: new Map(folders).set(path, folder), open };
  };
  const load = async (path: string): Promise<void> => {
    note(path, { name: "loading" });
    try {
      const query = { directory: `/${path}` };
      const entries = await callSignedIn<readonly ShareEntry[]>("GET", "/server/share", { query });
      note(path, { name: "ready", entries });
    } catch (error) {
      note(path, { name: "failed", reason: problemOf(error) });
    }
  };
  const setOpen = (path: string, isOpen: boolean): void => {
    const { folders, open } = tree.peek();
    const others = [...open].filter((each) => each !== path);
    tree.value = { folders, open: new Set(isOpen ? [...others, path] : others) };
    const known = folders.get(path);
    if (isOpen && (known === undefined || known.name === "failed")) void load(path);
  };
  useEffect(() => {
    for (const path of foldersAbove(files)) setOpen(path, true);
  }, []);
  return { tree: tree.value, setOpen };
}

/** Chooses files and folders of the server's share. */
export function ShareDialog({ files, onChoose, onClose }: ShareDialogProps): JSX.Element {
  const { tree, setOpen } = useTree(files);
  const chosen = useSignal<ShareChoice>(new Set(files.map((file) => file.path)));
  const root = tree.folders.get("");
  const isBare = root?.name === "ready" && root.entries.length === 0;
  // What was chosen before may lie in a folder that is not read yet.
  const now = chosenFiles(chosen.value, tree).map(
    (file) => files.find((each) => each.path === file.path && each.isFolder) ?? file,
  );
  const take = (): void => {
    onChoose(now);
    onClose();
  };
  return (
    <Dialog
      title={t("share.title")}
      size="large"
      onClose={onClose}
      footer={
        <>
          <span class="share-sum quiet" role="status">
            {now.length === 0 ? t("share.none-chosen") : chosenText(now)}
          </span>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button tone="primary" disabled={isBare} onClick={take}>
            {t("share.choose")}
          </Button>
        </>
      }
    >
      {isBare ? (
        <Empty icon={ServerOff} title={t("share.empty")}>
          {t("share.empty.hint")}
        </Empty>
      ) : (
        <>
          <p class="quiet">{t("share.hint")}</p>
          <ShareTreeView
            tree={tree}
            chosen={chosen.value}
            onOpen={setOpen}
            onChoose={(changed) => {
              chosen.value = changed;
            }}
          />
        </>
      )}
    </Dialog>
  );
}
