/** Where the tiles of a grid are, and which of them are in sight. Lengths are CSS pixels. */

const LEAST_TILE = 150;
const GAP = 12;
/** What stands below each picture: its name. */
const NAME = 28;
/** Rows beyond the edges that are there already when one scrolls. */
const SPARE = 2;

export interface GridSize {
  readonly columns: number;
  readonly rowPx: number;
  readonly heightPx: number;
}

/** The grid of `total` tiles in a box of the given width: two columns at least, pictures of four to three. */
export function gridOf(width: number, total: number): GridSize {
  const columns = Math.max(2, Math.floor((width + GAP) / (LEAST_TILE + GAP)));
  const tile = (width - GAP * (columns - 1)) / columns;
  const rowPx = Math.max(1, Math.round(tile * 0.75) + NAME + GAP);
  return { columns, rowPx, heightPx: Math.ceil(total / columns) * rowPx };
}

/** The tiles in sight, whole rows of them, of a grid whose top lies `above` the window of the given height. */
export function partInSight(
  { columns, rowPx }: GridSize,
  total: number,
  above: number,
  height: number,
): { readonly first: number; readonly end: number } {
  const rows = Math.ceil(total / columns);
  const from = Math.floor(above / rowPx) - SPARE;
  const to = Math.ceil((above + height) / rowPx) + SPARE;
  const first = Math.min(Math.max(0, from), Math.max(0, rows - 1)) * columns;
  return { first, end: Math.min(total, Math.max(first + columns, to * columns)) };
}

/** The tile a key leads to from `index`; undefined for a key that leads nowhere. */
export function indexByKey(key: string, index: number, columns: number, total: number): number | undefined {
  const to: Readonly<Record<string, number>> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index - columns,
    ArrowDown: index + columns,
    Home: 0,
    End: total - 1,
  };
  const found = to[key];
  return found === undefined || found < 0 || found >= total ? undefined : found;
}
