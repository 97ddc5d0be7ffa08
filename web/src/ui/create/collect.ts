/** Files out of drops, pickers and folders, thousands of them without holding up the page. */

import { type Chosen, EarlierFile, type FileProblem, type Found, kindOf, problemOfHead } from "./files";

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

/** Look into those of `chosen` that seem to be images; answers the problems of those that are none, or unreadable. */
export async function findDisguised(
  chosen: readonly Chosen[],
): Promise<ReadonlyMap<Found["file"], FileProblem>> {
  const problems = new Map<Found["file"], FileProblem>();
  const waiting = chosen.filter(
    ({ file, problem }) => problem === undefined && kindOf(file.name) === "image",
  );
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let file = waiting[next++]?.file; file !== undefined; file = waiting[next++]?.file) {
      const problem = file instanceof EarlierFile ? undefined : await problemInside(file);
      if (problem !== undefined) problems.set(file, problem);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return problems;
}

async function problemInside(file: File): Promise<FileProblem | undefined> {
  try {
    const head = new Uint8Array(await file.slice(0, 12).arrayBuffer());
    return problemOfHead(file.name, head);
  } catch {
    return "unreadable";
  }
}
