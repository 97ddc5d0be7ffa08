/** How a list is narrowed and put in order; all of it stands in the address. */

import "./listing.css";
import { useSignal } from "@preact/signals";
import { FilterX, SlidersHorizontal } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { type Key, t } from "../../i18n";
import { session } from "../../session";
import { Button } from "../kit/button";
import { Picker } from "../kit/picker";
import { setQuery } from "../routes";
import { findPeople } from "../tasks/person-picker";
import { type Scope, scopeFilters, scopeOf, type Wish } from "./query";

export interface FiltersProps {
  readonly wish: Wish;
  readonly search: ComponentChildren;
  /** The filters besides the search. */
  readonly children: ComponentChildren;
}

/** The bar above a list. Where there is little room, all but the search is shown when asked for. */
export function Filters({ wish, search, children }: FiltersProps): JSX.Element {
  const id = useId();
  const open = useSignal(false);
  const count = Object.keys(wish.filters).length;
  return (
    <search class="filters">
      <div class="filters-first">
        {search}
        <ScopeChoice wish={wish} />
        <Button
          class="filters-toggle"
          icon={SlidersHorizontal}
          aria-expanded={open.value}
          aria-controls={id}
          onClick={() => {
            open.value = !open.value;
          }}
        >
          {count === 0 ? t("list.filters") : t("list.filters.some", { count })}
        </Button>
      </div>
      <div id={id} class={`filters-more ${open.value ? "open" : ""}`}>
        {children}
        {count > 0 && (
          <Button tone="quiet" icon={FilterX} onClick={() => clearFilters(wish)}>
            {t("list.filters.clear")}
          </Button>
        )}
        <OrderChoice order={wish.order} />
      </div>
    </search>
  );
}

/** Take all filters away, and the search if asked for. */
export function clearFilters(wish: Wish, { search = false }: { search?: boolean } = {}): void {
  const gone = Object.keys(wish.filters).map((name) => [name, undefined] as const);
  setQuery({ ...Object.fromEntries(gone), page: undefined, ...(search ? { search: undefined } : {}) });
}

function setFilter(name: string, value: string | number | undefined): void {
  setQuery({ [name]: value === "" ? undefined : value, page: undefined });
}

const SCOPES: readonly Scope[] = ["all", "owned", "assigned"];

function ScopeChoice({ wish }: { wish: Wish }): JSX.Element | null {
  const now = session.value;
  if (now.name !== "signed-in") return null;
  const { username } = now.user;
  const chosen = scopeOf(wish, username);
  return (
    <fieldset class="segments">
      <legend class="unseen">{t("list.scope")}</legend>
      {SCOPES.map((scope) => (
        <label key={scope}>
          <input
            type="radio"
            name="scope"
            class="unseen"
            checked={scope === chosen}
            onChange={() => setQuery({ ...scopeFilters(scope, username), page: undefined })}
          />
          <span>{t(`list.scope.${scope}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

export interface ChoiceFilterProps {
  readonly wish: Wish;
  /** The filter's name in the address. */
  readonly name: string;
  readonly label: string;
  /** How the choice of all is called. */
  readonly all: string;
  readonly choices: readonly { readonly value: string; readonly text: string }[];
}

/** Narrows a list to one of a few values. */
export function ChoiceFilter({ wish, name, label, all, choices }: ChoiceFilterProps): JSX.Element {
  const value = wish.filters[name] ?? "";
  const isOwn = value !== "" && !choices.some((each) => each.value === value);
  return (
    <select
      class={value === "" ? "" : "chosen"}
      aria-label={label}
      value={value}
      onChange={(event) => setFilter(name, event.currentTarget.value)}
    >
      <option value="">{all}</option>
      {choices.map((each) => (
        <option key={each.value} value={each.value}>
          {each.text}
        </option>
      ))}
      {/* What somebody wrote into the address is shown, too. */}
      {isOwn && <option value={value}>{value}</option>}
    </select>
  );
}

const STATUSES = ["annotation", "validation", "completed"] as const;

/** Narrows a list to a status of jobs, tasks or projects. */
export function StatusFilter({ wish }: { wish: Wish }): JSX.Element {
  return (
    <ChoiceFilter
      wish={wish}
      name="status"
      label={t("jobs.filter.status")}
      all={t("jobs.filter.status.all")}
      choices={STATUSES.map((value) => ({ value, text: t(`job.status.${value}`) }))}
    />
  );
}

/** Narrows a list to what one person has to do with. */
export function PersonFilter(props: { wish: Wish; name: "owner" | "assignee"; label: string }): JSX.Element {
  const { wish, name, label } = props;
  const username = wish.filters[name];
  return (
    <Picker
      class={username === undefined ? "" : "chosen"}
      labelled
      chosen={username === undefined ? null : { username }}
      label={label}
      none={t("list.anyone")}
      search={t("person.search")}
      find={findPeople}
      nameOf={(each: { username: string }) => each.username}
      keyOf={(each) => each.username}
      onPick={(each) => setFilter(name, each?.username)}
    />
  );
}

const ORDERS: readonly (readonly [string, Key])[] = [
  ["", "list.order.newest"],
  ["id", "list.order.oldest"],
  ["-updated_date", "list.order.updated"],
  ["name", "list.order.name"],
  ["-name", "list.order.name-down"],
  ["status", "list.order.status"],
  ["owner", "list.order.owner"],
  ["assignee", "list.order.assignee"],
];

function OrderChoice({ order }: { order: string }): JSX.Element {
  return (
    <select
      class="order"
      aria-label={t("list.order")}
      value={order}
      onChange={(event) => setFilter("order", event.currentTarget.value)}
    >
      {ORDERS.map(([value, key]) => (
        <option key={value} value={value}>
          {t(key)}
        </option>
      ))}
    </select>
  );
}
