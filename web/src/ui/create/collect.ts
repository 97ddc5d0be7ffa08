/** Files out of drops, pickers and folders, thousands of them without holding up the page. */

import { type Chosen, type Found, looksLikeImage } from "./files";

/** Files chosen by an `<input type="file">`, folder or not. */
export function foundInInput(files: FileList): readonly Found[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** The entries of a drop. They must be taken at once: the browser forgets them when the event is over. */
export function entriesOf(transfer: DataTransfer): readonly FileSystemEntry[] {
  return [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
}

/** All files in `entries` and the folders below; `onFound` is told how many there are so far. */
export async function walk(
  entries: readonly FileSystemEntry[],
  onFound: (count: number) => void,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  const waiting = [...entries];
  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    if (isFolder(entry)) {
      const reader = entry.createReader();
      // A reader gives a hundred at a time, and none when it is done.
      for (let some = await readSome(reader); some.length > 0; some = await readSome(reader))
        waiting.push(...some);
    } else if (isFile(entry)) {
      found.push({ file: await readFile(entry), path: entry.fullPath.replace(/^\//, "") });
      if (found.length % 100 === 0) onFound(found.length);
    }
  }
  return found;
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const readSome = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));
const readFile = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const AT_ONCE = 16;

/**
 * Look into those of `chosen` that seem to be images: one whose content is something else, or that cannot be read,
 * gets that as its problem. Answers all of `chosen`, in order.
 */
export async function inspect(chosen: readonly Chosen[]): Promise<readonly Chosen[]> {
  const inspected = [...chosen];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < inspected.length; index = next++) {
      const each = inspected[index];
      if (each !== undefined && each.problem === undefined) inspected[index] = await inspectOne(each);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return inspected;
}

async function inspectOne(chosen: Chosen): Promise<Chosen> {
  try {
    const head = new Uint8Array(await chosen.file.slice(0, 12).arrayBuffer());
    return looksLikeImage(chosen.file.name, head) ? chosen : { ...chosen, problem: "disguised" };
  } catch {
    return { ...chosen, problem: "unreadable" };
  }
}
