import { useSignal } from "@preact/signals";
import { Check, ChevronRight, CircleAlert, File, Folder, FolderOpen, Minus } from "lucide";
import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import { t } from "../../i18n";
import { Icon, type IconNode } from "../kit/icon";
import { isComposing } from "../kit/keys";
import { ROW_HEIGHT, useWindowed } from "../workbench/windowed";
import { kindOf } from "./files";
import { KIND_ICONS } from "./group-choice";
import {
  checkOf,
  choose,
  parentOf,
  rowsOf,
  type ShareChoice,
  type ShareRow,
  type ShareTree,
  toggle,
} from "./share";

export interface ShareTreeProps {
  readonly tree: ShareTree;
  readonly chosen: ShareChoice;
  readonly onOpen: (path: string, isOpen: boolean) => void;
  readonly onChoose: (chosen: ShareChoice) => void;
}

interface Cursor {
  /** The line that has the focus. */
  readonly at: number;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onClick: (event: MouseEvent) => void;
}

/** Arrows move, open and close; Space chooses, with Shift all from the last choice on. Clicks do as much. */
function useCursor(props: ShareTreeProps, rows: readonly ShareRow[], page: number): Cursor {
  const { tree, chosen, onOpen, onChoose } = props;
  const active = useSignal(0);
  /** Where the last choice was made: the other end of one with Shift. */
  const anchor = useSignal(0);
  const at = Math.min(active.value, rows.length - 1);
  const pick = (index: number, isRange: boolean): void => {
    const row = rows[index];
    if (row?.kind === "failed") onOpen(row.path, true);
    if (row === undefined || !canChoose(row)) return;
    onChoose(isRange ? chooseAll(rows, anchor.value, index, chosen) : toggle(row.path, chosen, tree));
    anchor.value = index;
  };
  const use = (index: number): void => {
    const row = rows[index];
    if (row?.kind === "folder") onOpen(row.path, !row.isOpen);
    else pick(index, false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = targetOf(event.key, at, rows, page);
    const row = rows[at];
    const isSideways = event.key === "ArrowRight" || event.key === "ArrowLeft";
    if (to !== undefined) active.value = to;
    else if (event.key === " ") pick(at, event.shiftKey);
    else if (event.key === "Enter") use(at);
    else if (!isSideways) return;
    else if (row?.kind === "folder") onOpen(row.path, event.key === "ArrowRight");
    event.preventDefault();
  };
  const onClick = (event: MouseEvent): void => {
    const target = event.target as Element;
    const index = Number(target.closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
    if (index < 0) return;
    active.value = index;
    if (event.shiftKey || target.closest(".share-check") !== null) pick(index, event.shiftKey);
    else use(index);
  };
  return { at, onKeyDown, onClick };
}

/** The tree of the share, of which only the lines in sight are in the page. */
export function ShareTreeView(props: ShareTreeProps): JSX.Element {
  const { tree, chosen } = props;
  const id = useId();
  const rows = rowsOf(tree);
  const { view, onScroll, first, end, page, reveal } = useWindowed(rows.length);
  const { at, onKeyDown, onClick } = useCursor(props, rows, page);
  useEffect(() => reveal(at), [at, reveal]);
  useEffect(() => view.current?.focus(), [view]);
  return (
    <div
      ref={view}
      class="share-tree"
      role="tree"
      aria-label={t("share.title")}
      aria-multiselectable="true"
      aria-activedescendant={`${id}-${at}`}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div
        style={{ height: `${rows.length * ROW_HEIGHT}px`, paddingTop: `${first * ROW_HEIGHT}px` }}
        role="presentation"
      >
        {rows.slice(first, end).map((row, offset) => {
          const index = first + offset;
          return (
            <Row
              key={`${row.kind} ${row.path}`}
              id={`${id}-${index}`}
              index={index}
              row={row}
              isActive={index === at}
              check={canChoose(row) ? checkOf(row.path, chosen) : undefined}
            />
          );
        })}
      </div>
    </div>
  );
}

function canChoose(row: ShareRow): boolean {
  return (row.kind === "folder" || row.kind === "file") && row.problem === undefined;
}

/** Choose all lines from one to another, both included. */
function chooseAll(rows: readonly ShareRow[], from: number, to: number, chosen: ShareChoice): ShareChoice {
  const [first, last] = from < to ? [from, to] : [to, from];
  return (
    rows
      .slice(first, last + 1)
      // An opened folder is not chosen as a whole: what is chosen of it stands below it.
      .filter((row) => canChoose(row) && !row.isOpen)
      .reduce((all, row) => choose(row.path, all), chosen)
  );
}

/** Where a key leads to; undefined if it does not move. */
function targetOf(key: string, at: number, rows: readonly ShareRow[], page: number): number | undefined {
  const last = rows.length - 1;
  const row = rows[at];
  switch (key) {
    case "ArrowDown":
      return Math.min(last, at + 1);
    case "ArrowUp":
      return Math.max(0, at - 1);
    case "Home":
      return 0;
    case "End":
      return last;
    case "PageDown":
      return Math.min(last, at + page);
    case "PageUp":
      return Math.max(0, at - page);
    case "ArrowRight":
      return row?.isOpen ? Math.min(last, at + 1) : undefined;
    case "ArrowLeft": {
      if (row === undefined || row.isOpen) return undefined;
      const parent = row.kind === "folder" || row.kind === "file" ? parentOf(row.path) : row.path;
      const found = rows.findIndex((each) => each.kind === "folder" && each.path === parent);
      return found === -1 ? undefined : found;
    }
  }
  return key.length === 1 && key !== " " ? nextNamed(key, at, rows) : undefined;
}

/** The next line whose name begins with a letter. */
function nextNamed(letter: string, at: number, rows: readonly ShareRow[]): number | undefined {
  const wanted = letter.toLowerCase();
  for (let step = 1; step <= rows.length; step += 1) {
    const index = (at + step) % rows.length;
    const row = rows[index];
    if (row?.name.toLowerCase().startsWith(wanted) && row.kind !== "failed") return index;
  }
  return undefined;
}

interface RowProps {
  readonly id: string;
  readonly index: number;
  readonly row: ShareRow;
  readonly isActive: boolean;
  /** Undefined: it cannot be chosen. */
  readonly check: boolean | "mixed" | undefined;
}

function Row({ id, index, row, isActive, check }: RowProps): JSX.Element {
  const isFolder = row.kind === "folder";
  return (
    <div
      id={id}
      role="treeitem"
      tabIndex={-1}
      class={`share-row ${isActive ? "active" : ""} ${check === undefined && row.kind === "file" ? "bad" : ""}`}
      style={{ paddingInlineStart: `${0.4 + row.depth * 1.25}rem` }}
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-disabled={check === undefined && row.kind !== "failed"}
      {...(isFolder ? { "aria-expanded": row.isOpen } : {})}
      {...(check === undefined ? {} : { "aria-checked": check })}
      data-index={index}
    >
      <span class="share-twist">
        {isFolder && (
          <span class={row.isOpen ? "open" : ""}>
            <Icon icon={ChevronRight} size={14} />
          </span>
        )}
      </span>
      {check === undefined ? (
        <span class="share-check none" />
      ) : (
        <span class={`share-check ${check === false ? "" : "on"}`}>
          {check === true && <Icon icon={Check} size={12} />}
          {check === "mixed" && <Icon icon={Minus} size={12} />}
        </span>
      )}
      {row.kind === "loading" ? (
        <span class="spinner" aria-hidden="true" />
      ) : (
        <Icon icon={iconOf(row)} size={14} />
      )}
      <span class="share-name" title={row.name}>
        <bdi>{nameOf(row)}</bdi>
      </span>
      {row.problem !== undefined && <span class="quiet">{t(`files.problem.${row.problem}`)}</span>}
    </div>
  );
}

function iconOf(row: ShareRow): IconNode {
  if (row.kind === "folder") return row.isOpen ? FolderOpen : Folder;
  if (row.kind === "failed") return CircleAlert;
  if (row.kind !== "file" || row.problem !== undefined) return File;
  return KIND_ICONS[kindOf(row.name) ?? "image"];
}

function nameOf(row: ShareRow): string {
  if (row.kind === "loading") return t("loading");
  if (row.kind === "empty") return t("share.folder-empty");
  if (row.kind === "failed") return t("share.failed", { reason: row.name });
  return row.path === "" ? t("share.root") : row.name;
}
