/** Work and events as files. */

import { fetchFile } from "../../api";
import { t } from "../../i18n";
import { withSignIn } from "../../session";
import type { MenuItem } from "../kit/menu";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import type { WorkQuery } from "./wire";

const KINDS = ["work", "events"] as const;
const FORMATS = ["csv", "parquet"] as const;
/** What the rows of work in a file are summed up by: as finely as one may want to sum up again. */
const FINEST = "day,user,project,task,job";

/** What can be exported of the work that `query` asks for. */
export function exportItems(query: WorkQuery): readonly MenuItem[] {
  return KINDS.flatMap((what): MenuItem[] => [
    { kind: "title", text: t(`statistics.export.${what}`) },
    ...FORMATS.map((format) => ({
      text: t(`statistics.export.${format}`),
      run: () => void save(what, format, query),
    })),
  ]);
}

async function save(
  what: (typeof KINDS)[number],
  format: (typeof FORMATS)[number],
  query: WorkQuery,
): Promise<void> {
  const key = `export-${what}`;
  const dismiss = toast(t("statistics.export.making"), { key, progress: "unknown" });
  try {
    const asked = { ...query, what, format, ...(what === "work" ? { by: FINEST } : {}) };
    const file = await withSignIn(() => fetchFile("/statistics/export", { query: asked }));
    saveAs(file.content, file.name ?? `${what}.${format}`);
    dismiss();
  } catch (error) {
    toast(t("statistics.export.failed", { reason: problemOf(error) }), { key, tone: "danger" });
  }
}

function saveAs(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads it after the click; a minute is enough for that.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
