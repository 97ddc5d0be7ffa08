/** A list's address: what is searched for, how it is narrowed and ordered, which page; and the API's query for it. */

import { parseSearch } from "../tasks/search";

/** What the address says. Filters by their names in it; "" of any is "all". */
export interface Wish {
  readonly search: string;
  readonly filters: Readonly<Record<string, string>>;
  /** A name of the API's orders, `-name` descending; "" is newest first. */
  readonly order: string;
  /** From 1. */
  readonly page: number;
}

/** Filters by their names in the address, and the API's names for them. */
export type FilterNames = Readonly<Record<string, string>>;

export const TASK_FILTERS: FilterNames = {
  status: "status",
  mode: "mode",
  owner: "owner",
  assignee: "assignee",
  project: "project_id",
  subset: "subset",
};

export const PROJECT_FILTERS: FilterNames = { status: "status", owner: "owner", assignee: "assignee" };

const ORDERS: readonly string[] = [
  "", "id", "-updated_date", "name", "-name", "status", "owner", "assignee",
]; // biome-ignore format: as a list

export function readWish(query: URLSearchParams, names: FilterNames): Wish {
  const order = query.get("order") ?? "";
  const filters = Object.keys(names).map((name) => [name, query.get(name)?.trim() ?? ""] as const);
  return {
    search: query.get("search") ?? "",
    filters: Object.fromEntries(filters.filter(([name, value]) => isGood(name, value))),
    order: ORDERS.includes(order) ? order : "",
    page: Math.max(1, Math.trunc(Number(query.get("page"))) || 1),
  };
}

/** A project is known by its number; what else is written there is passed over. */
function isGood(name: string, value: string): boolean {
  return name === "project" ? /^[0-9]{1,9}$/.test(value) : value !== "";
}

/** Whether the list is narrowed at all: an empty one then says that nothing matches. */
export function isNarrowed(wish: Wish): boolean {
  return wish.search !== "" || Object.keys(wish.filters).length > 0;
}

/** The query of the API for a page of `pageSize`. A filter chosen outweighs a term of the search. */
export function apiQuery(
  wish: Wish,
  names: FilterNames,
  pageSize: number,
  terms?: readonly string[],
): Readonly<Record<string, string | number | undefined>> {
  const filters = Object.entries(wish.filters).map(([name, value]) => [names[name] ?? name, value]);
  return {
    ...parseSearch(wish.search, terms),
    ...Object.fromEntries(filters),
    ordering: wish.order || undefined,
    page: wish.page,
    page_size: pageSize,
  };
}

/** Whose list it is: everybody's, what a person made, or what they are to do. */
export type Scope = "all" | "owned" | "assigned";

export function scopeOf(wish: Wish, username: string): Scope {
  const { owner, assignee } = wish.filters;
  if (owner === username && assignee === undefined) return "owned";
  return assignee === username && owner === undefined ? "assigned" : "all";
}

/** The filters that make `scope` of a list. */
export function scopeFilters(scope: Scope, username: string): Readonly<Record<string, string | undefined>> {
  return {
    owner: scope === "owned" ? username : undefined,
    assignee: scope === "assigned" ? username : undefined,
  };
}
