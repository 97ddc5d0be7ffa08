/** A list of the API, page by page: asked for as the address says, and what is shown instead when there is none. */

import { CircleAlert, RefreshCw, SearchX } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { ApiError } from "../../api";
import { t } from "../../i18n";
import { Button } from "../kit/button";
import { Empty } from "../kit/empty";
import { Waiting } from "../kit/progress";
import { problemOf } from "../problem";
import { type Resource, useResource } from "../resource";
import { setQuery } from "../routes";
import { clearFilters } from "./filters";
import { isNarrowed, type Wish } from "./query";

export interface Page<Item> {
  readonly count: number;
  readonly results: readonly Item[];
}

export interface Listed<Item> extends Resource<Page<Item>> {
  /** Another page is asked for than the one shown. */
  readonly isStale: boolean;
}

/** The page of a list that `wish` asks for; `key` is what else the answer depends on. */
export function useListing<Item>(
  wish: Wish,
  key: string,
  read: (wish: Wish, signal: AbortSignal) => Promise<Page<Item>>,
): Listed<Item> {
  const asked = `${key} ${JSON.stringify(wish)}`;
  const shown = useRef(asked);
  const resource = useResource(asked, async (signal) => {
    const page = await readExisting(wish, read, signal);
    shown.current = asked;
    return page;
  });
  return { ...resource, isStale: resource.state.name === "ready" && shown.current !== asked };
}

async function readExisting<Item>(
  wish: Wish,
  read: (wish: Wish, signal: AbortSignal) => Promise<Page<Item>>,
  signal: AbortSignal,
): Promise<Page<Item>> {
  try {
    return await read(wish, signal);
  } catch (error) {
    // The last of the last page was deleted, or the address is an old one: there are fewer pages now.
    if (!(error instanceof ApiError) || error.status !== 404 || wish.page === 1) throw error;
    const first = await read({ ...wish, page: 1 }, signal);
    const last = Math.max(1, Math.ceil(first.count / Math.max(1, first.results.length)));
    const page = Math.min(last, wish.page - 1);
    setQuery({ page: page > 1 ? page : undefined });
    return page > 1 ? read({ ...wish, page }, signal) : first;
  }
}

export interface ListingProps<Item> {
  readonly wish: Wish;
  readonly resource: Listed<Item>;
  /** What is said when the list could not be had. */
  readonly failed: string;
  /** What is said when nothing matches. */
  readonly noneFound: string;
  /** Stands where the list would while there is nothing at all. */
  readonly none: ComponentChildren;
  /** The rows of a page, and how to come to others. */
  readonly children: (page: Page<Item>) => ComponentChildren;
}

/** When the row that had the focus is gone, it goes to the one in its place. For the element around the rows. */
function useFocusOfRows(shown: unknown): { readonly onFocusIn: (event: FocusEvent) => void } {
  const last = useRef<{ readonly element: Element; readonly row: number } | undefined>(undefined);
  useLayoutEffect(() => {
    const { element, row } = last.current ?? {};
    if (element === undefined || element.isConnected || document.activeElement !== document.body) return;
    const links = document.querySelectorAll<HTMLElement>(`${ROW} h2 a`);
    links[Math.min(row ?? 0, links.length - 1)]?.focus();
  }, [shown]);
  return {
    onFocusIn: ({ target }) => {
      if (!(target instanceof Element)) return;
      const row = [...document.querySelectorAll(ROW)].findIndex((each) => each.contains(target));
      last.current = { element: target, row };
    },
  };
}

const ROW = ".listing .task-row";

export function Listing<Item>(props: ListingProps<Item>): JSX.Element {
  const { wish, resource, failed, noneFound, none, children } = props;
  const { state, reload } = resource;
  const top = useRef<HTMLDivElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // Another page is read from its beginning.
    const isAbove = (top.current?.getBoundingClientRect().top ?? 0) < 0;
    if (!first.current && isAbove) top.current?.scrollIntoView();
    first.current = false;
  }, [wish.page]);
  return (
    <div
      ref={top}
      {...useFocusOfRows(state)}
      class={`listing ${resource.isStale ? "stale" : ""}`}
      aria-busy={resource.isStale}
    >
      {state.name === "loading" && <Waiting label={t("loading")} />}
      {state.name === "failed" && (
        <Empty
          icon={CircleAlert}
          tone="danger"
          title={failed}
          action={
            <Button icon={RefreshCw} onClick={() => void reload()}>
              {t("retry")}
            </Button>
          }
        >
          {problemOf(state.error)}
        </Empty>
      )}
      {state.name === "ready" && state.value.count > 0 && children(state.value)}
      {state.name === "ready" && state.value.count === 0 && !isNarrowed(wish) && none}
      {state.name === "ready" && state.value.count === 0 && isNarrowed(wish) && (
        <Empty
          icon={SearchX}
          title={noneFound}
          action={<Button onClick={() => clearFilters(wish, { search: true })}>{t("list.show-all")}</Button>}
        >
          {wish.search === ""
            ? t("list.none-found.filters")
            : t("list.none-found.search", { search: wish.search })}
        </Empty>
      )}
    </div>
  );
}
