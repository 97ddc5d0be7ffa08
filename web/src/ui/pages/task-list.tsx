import "./task-list.css";
import { useSignal } from "@preact/signals";
import { ChevronLeft, ChevronRight, CircleAlert, Image, Plus, RefreshCw, Search, SearchX } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, call } from "../../api";
import { t } from "../../i18n";
import { session } from "../../session";
import { counted } from "../format";
import { Button } from "../kit/button";
import { Empty } from "../kit/empty";
import { Icon } from "../kit/icon";
import { isEnter } from "../kit/keys";
import { Waiting } from "../kit/progress";
import { Link } from "../link";
import { problemOf } from "../problem";
import { useResource } from "../resource";
import { go, place, setQuery } from "../routes";
import { useOperations } from "../tasks/operations";
import { parseSearch } from "../tasks/search";
import { TaskRow } from "../tasks/task-row";
import type { WireTask } from "../tasks/wire";

interface Page {
  readonly count: number;
  readonly results: readonly WireTask[];
}

const PAGE_SIZE = 10;

/** All tasks one may see, newest first. */
export function TaskList(): JSX.Element {
  const search = place.value.query.get("search") ?? "";
  const page = Math.max(1, Number(place.value.query.get("page")) || 1);
  const { state, reload } = useResource(`${page} ${search}`, (signal) => readPage(search, page, signal));
  const operations = useOperations(() => void reload());
  return (
    <>
      <div class="page-head">
        <h1>{t("tasks")}</h1>
        <SearchField search={search} />
        <CreateLink />
      </div>
      {state.name === "loading" && <Waiting label={t("loading")} />}
      {state.name === "failed" && (
        <Empty
          icon={CircleAlert}
          tone="danger"
          title={t("tasks.failed")}
          action={
            <Button icon={RefreshCw} onClick={() => void reload()}>
              {t("retry")}
            </Button>
          }
        >
          {problemOf(state.error)}
        </Empty>
      )}
      {state.name === "ready" && state.value.count === 0 && <NoTasks search={search} />}
      {state.name === "ready" && state.value.count > 0 && (
        <>
          <ul class="task-list">
            {state.value.results.map((task) => (
              <TaskRow
                key={task.id}
                task={task}
                operations={operations.filter((each) => each.task_id === task.id)}
                onChanged={() => void reload()}
              />
            ))}
          </ul>
          <Pages count={state.value.count} page={page} search={search} />
        </>
      )}
    </>
  );
}

async function readPage(search: string, page: number, signal: AbortSignal): Promise<Page> {
  try {
    return await call<Page>("GET", "/tasks", {
      query: { ...parseSearch(search), page, page_size: PAGE_SIZE },
      signal,
    });
  } catch (error) {
    // The last task of the last page was deleted: there is one page less.
    if (!(error instanceof ApiError) || error.status !== 404 || page === 1) throw error;
    setQuery({ page: page > 2 ? page - 1 : undefined });
    return readPage(search, page - 1, signal);
  }
}

const SETTLE_MS = 300;

function SearchField({ search }: { search: string }): JSX.Element {
  const typed = useSignal(search);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    typed.value = search;
  }, [search, typed]);
  const apply = (): void => {
    clearTimeout(timer.current);
    const text = typed.value.trim();
    if (text !== search) setQuery({ search: text === "" ? undefined : text, page: undefined });
  };
  return (
    <div class="search">
      <Icon icon={Search} />
      <input
        type="search"
        aria-label={t("tasks.search")}
        aria-describedby="search-hint"
        placeholder={t("tasks.search")}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          clearTimeout(timer.current);
          // What an input method still composes is not what is searched for.
          if (!event.isComposing) timer.current = setTimeout(apply, SETTLE_MS);
        }}
        onCompositionEnd={() => {
          timer.current = setTimeout(apply, SETTLE_MS);
        }}
        onKeyDown={(event) => {
          if (isEnter(event)) apply();
        }}
      />
      <div id="search-hint" class="search-hint">
        {t("tasks.search.hint")}
        <code>{t("tasks.search.example")}</code>
      </div>
    </div>
  );
}

function CreateLink(): JSX.Element | null {
  const now = session.value;
  if (now.name !== "signed-in" || !now.user.mayCreateTasks) return null;
  return (
    <Link class="button primary" to="/tasks/create">
      <Icon icon={Plus} />
      {t("tasks.create")}
    </Link>
  );
}

function NoTasks({ search }: { search: string }): JSX.Element {
  const now = session.value;
  if (search !== "")
    return (
      <Empty
        icon={SearchX}
        title={t("tasks.none-found")}
        action={<Button onClick={() => setQuery({ search: undefined })}>{t("tasks.search.clear")}</Button>}
      >
        {t("tasks.none-found.hint", { search })}
      </Empty>
    );
  const mayCreate = now.name === "signed-in" && now.user.mayCreateTasks;
  return (
    <Empty icon={Image} title={t("tasks.none")} action={<CreateLink />}>
      {t(mayCreate ? "tasks.none.create" : "tasks.none.ask")}
    </Empty>
  );
}

function Pages({ count, page, search }: { count: number; page: number; search: string }): JSX.Element {
  const last = Math.ceil(count / PAGE_SIZE);
  const show = (to: number): void => {
    const query = new URLSearchParams({
      ...(search === "" ? {} : { search }),
      ...(to === 1 ? {} : { page: `${to}` }),
    });
    void go(`/tasks${query.size > 0 ? `?${query}` : ""}`);
    scrollTo({ top: 0 });
  };
  return (
    <nav class="pages" aria-label={t("tasks.pages")}>
      <span class="quiet">{counted("tasks.count", count)}</span>
      {last > 1 && (
        <>
          <Button icon={ChevronLeft} disabled={page === 1} onClick={() => show(page - 1)}>
            {t("pages.previous")}
          </Button>
          <span>{t("pages.of", { page, last })}</span>
          <Button disabled={page >= last} onClick={() => show(page + 1)}>
            {t("pages.next")}
            <Icon icon={ChevronRight} />
          </Button>
        </>
      )}
    </nav>
  );
}
