/** The share: files of the server that a task can be made of. Its tree, as far as it was opened, and what is chosen. */

import { type FileProblem, problemOfImage, problemOfName } from "./files";

export interface ShareEntry {
  readonly name: string;
  readonly type: "REG" | "DIR";
}

/** What is known of a folder's content. */
export type Folder =
  | { readonly name: "loading" }
  | { readonly name: "failed"; readonly reason: string }
  | { readonly name: "ready"; readonly entries: readonly ShareEntry[] };

/** Folders by their paths: names parted by slashes, "" is the share itself. */
export interface ShareTree {
  readonly folders: ReadonlyMap<string, Folder>;
  readonly open: ReadonlySet<string>;
}

/** One line of the tree as it is shown. */
export interface ShareRow {
  readonly kind: "folder" | "file" | "loading" | "failed" | "empty";
  /** Of the notes about a folder: that of the folder. */
  readonly path: string;
  readonly name: string;
  /** 0 for the share itself. */
  readonly depth: number;
  readonly isOpen: boolean;
  /** Why the file cannot be chosen. */
  readonly problem: FileProblem | undefined;
  readonly position: number;
  readonly siblings: number;
}

/**
 * What is chosen: paths of files and of folders with all in them. None lies in another, for the server passes over a
 * folder when something in it is chosen, too (API contract, tasks and data 2).
 */
export type ShareChoice = ReadonlySet<string>;

export function joinPath(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** The folder that `path` lies in; undefined for the share itself. */
export function parentOf(path: string): string | undefined {
  if (path === "") return undefined;
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

function liesIn(path: string, folder: string): boolean {
  return path !== folder && (folder === "" || path.startsWith(`${folder}/`));
}

/** The lines to show, from top to bottom. */
export function rowsOf(tree: ShareTree): readonly ShareRow[] {
  return [...linesOf(tree, { name: "", type: "DIR" }, { path: "", depth: 0, position: 1, siblings: 1 })];
}

type Spot = Pick<ShareRow, "path" | "depth" | "position" | "siblings">;

/** The line of a file or folder, and those below it while it is open. */
function* linesOf(tree: ShareTree, { name, type }: ShareEntry, spot: Spot): Generator<ShareRow> {
  const isFolder = type === "DIR";
  const isOpen = isFolder && tree.open.has(spot.path);
  const problem = isFolder ? undefined : problemOfName(name);
  yield { ...spot, kind: isFolder ? "folder" : "file", name, isOpen, problem };
  if (isOpen) yield* linesIn(tree, spot.path, spot.depth + 1);
}

/** The lines in an open folder: its content, or a note about it. */
function* linesIn(tree: ShareTree, path: string, depth: number): Generator<ShareRow> {
  const folder: Folder = tree.folders.get(path) ?? { name: "loading" };
  const note = { path, depth, position: 1, siblings: 1, isOpen: false, problem: undefined };
  if (folder.name === "loading") yield { ...note, kind: "loading", name: "" };
  else if (folder.name === "failed") yield { ...note, kind: "failed", name: folder.reason };
  else if (folder.entries.length === 0) yield { ...note, kind: "empty", name: "" };
  else {
    const siblings = folder.entries.length;
    for (const [index, entry] of inOrder(folder.entries).entries())
      yield* linesOf(tree, entry, {
        path: joinPath(path, entry.name),
        depth,
        position: index + 1,
        siblings,
      });
  }
}

/** Folders before files, each by name as people count: 2 before 10. */
export function inOrder(entries: readonly ShareEntry[]): readonly ShareEntry[] {
  const collator = new Intl.Collator(undefined, { numeric: true });
  return [...entries].sort((a, b) =>
    a.type === b.type ? collator.compare(a.name, b.name) : a.type === "DIR" ? -1 : 1,
  );
}

/** Whether `path` is chosen, by itself or with a folder it lies in; "mixed" for a folder with something chosen in it. */
export function checkOf(path: string, chosen: ShareChoice): boolean | "mixed" {
  if (coverOf(path, chosen) !== undefined) return true;
  return [...chosen].some((each) => liesIn(each, path)) ? "mixed" : false;
}

/** What makes `path` chosen: itself, or a folder it lies in. */
function coverOf(path: string, chosen: ShareChoice): string | undefined {
  for (let at: string | undefined = path; at !== undefined; at = parentOf(at)) if (chosen.has(at)) return at;
  return undefined;
}

/** Choose `path` with all in it. */
export function choose(path: string, chosen: ShareChoice): ShareChoice {
  if (coverOf(path, chosen) !== undefined) return chosen;
  return new Set([...[...chosen].filter((each) => !liesIn(each, path)), path]);
}

/** Choose `path`, or leave it out; of a chosen folder it lies in, all else stays chosen. */
export function toggle(path: string, chosen: ShareChoice, tree: ShareTree): ShareChoice {
  const cover = coverOf(path, chosen);
  if (cover === undefined) return choose(path, chosen);
  const left = new Set(chosen);
  left.delete(cover);
  // Down from the folder to `path`, what lies beside the way is chosen one by one.
  for (let at = path; at !== cover; ) {
    const folder = parentOf(at) ?? "";
    for (const each of selectable(folder, tree)) if (each !== at) left.add(each);
    at = folder;
  }
  return left;
}

/** The paths in an opened folder that can be chosen. */
function selectable(folder: string, tree: ShareTree): readonly string[] {
  const found = tree.folders.get(folder);
  if (found?.name !== "ready") return [];
  return found.entries
    .filter((entry) => entry.type === "DIR" || problemOfImage(entry.name) === undefined)
    .map((entry) => joinPath(folder, entry.name));
}

/** A file or a folder of the share that a task is made of. */
export interface ServerFile {
  readonly path: string;
  readonly isFolder: boolean;
}

/** What is chosen, in order; whether each is a folder is known of all that were shown. */
export function chosenFiles(chosen: ShareChoice, tree: ShareTree): readonly ServerFile[] {
  const isFolder = (path: string): boolean => {
    const beside = tree.folders.get(parentOf(path) ?? "");
    const name = path.slice(path.lastIndexOf("/") + 1);
    return (
      path === "" ||
      (beside?.name === "ready" && beside.entries.some((each) => each.name === name && each.type === "DIR"))
    );
  };
  return [...chosen].sort().map((path) => ({ path, isFolder: isFolder(path) }));
}

/** The share itself, and every folder that something of `files` lies in. */
export function foldersAbove(files: readonly ServerFile[]): ReadonlySet<string> {
  const found = new Set([""]);
  for (const { path } of files)
    for (let at = parentOf(path); at !== undefined; at = parentOf(at)) found.add(at);
  return found;
}

/** As `server_files[i]` names it: a folder ends with a slash. */
/** The file or folder that the server calls `name`. */
export function serverFileOf(name: string): ServerFile {
  const isFolder = name.endsWith("/") || name === "";
  return { path: isFolder ? name.slice(0, -1) : name, isFolder };
}

export function serverName({ path, isFolder }: ServerFile): string {
  return isFolder ? `${path}/` : path;
}
