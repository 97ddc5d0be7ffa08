import { Folder, Image, X } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { counted } from "../format";
import { Button, IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { Windowed } from "../kit/windowed";
import type { ServerFile } from "./share";

const ROW_PX = 30;

/** How much is chosen: "2 folders · 3 files". */
export function chosenText(files: readonly ServerFile[]): string {
  const folders = files.filter((file) => file.isFolder).length;
  const single = files.length - folders;
  return [
    ...(folders > 0 ? [counted("share.folders", folders)] : []),
    ...(single > 0 ? [counted("files.chosen", single)] : []),
  ].join(" · ");
}

export interface ServerFilesProps {
  readonly files: readonly ServerFile[];
  readonly onChange: (files: readonly ServerFile[]) => void;
}

/** What of the server's share is chosen for a task. */
export function ServerFiles({ files, onChange }: ServerFilesProps): JSX.Element {
  return (
    <>
      <div class="files-head">
        <span>
          {t("share.from")}: <b>{chosenText(files)}</b>
        </span>
        <Button tone="quiet" onClick={() => onChange([])}>
          {t("files.clear")}
        </Button>
      </div>
      <Windowed
        class="file-list"
        count={files.length}
        rowPx={ROW_PX}
        label={t("share.from")}
        row={(index) => {
          const file = files[index];
          if (file === undefined) return null;
          const name = file.path === "" ? t("share.root") : file.path;
          return (
            <div class="file">
              <Icon icon={file.isFolder ? Folder : Image} size={14} />
              <span class="file-path" title={name}>
                <bdi>{name}</bdi>
              </span>
              {file.isFolder && <span class="quiet">{t("share.folder-whole")}</span>}
              <IconButton
                icon={X}
                label={t("files.remove", { name })}
                onClick={() => onChange(files.filter((each) => each !== file))}
              />
            </div>
          );
        }}
      />
    </>
  );
}
