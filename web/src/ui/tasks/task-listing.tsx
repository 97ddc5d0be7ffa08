import "./task-listing.css";
import type { ComponentChildren, JSX } from "preact";
import { call } from "../../api";
import { t } from "../../i18n";
import { counted } from "../format";
import { Picker } from "../kit/picker";
import { ChoiceFilter, Filters, PersonFilter, StatusFilter } from "../listing/filters";
import { Listing, type Page, useListing } from "../listing/listing";
import { Pages } from "../listing/pages";
import { apiQuery, type FilterNames, isNarrowed, readWish, TASK_FILTERS, type Wish } from "../listing/query";
import { SearchField } from "../listing/search-field";
import { useProject } from "../projects/known";
import { findProjects, type ProjectName } from "../projects/wire";
import { place, setQuery } from "../routes";
import { useOperations } from "./operations";
import { TaskRow } from "./task-row";
import type { WireTask } from "./wire";

const PAGE_SIZE = 10;
const { project: _, ...IN_PROJECT } = TASK_FILTERS;

export interface TaskListingProps {
  /** The tasks of one project alone, with the subsets they are in. */
  readonly project?: { readonly id: number; readonly subsets: readonly string[] };
  /** Stands where the list would while there are no tasks at all. */
  readonly none: ComponentChildren;
  /** A task is another, or gone. */
  readonly onChanged?: () => void;
}

/** Tasks, newest first unless asked otherwise, with what narrows them. */
export function TaskListing({ project, none, onChanged }: TaskListingProps): JSX.Element {
  const names: FilterNames = project === undefined ? TASK_FILTERS : IN_PROJECT;
  const wish = readWish(place.value.query, names);
  const projectId = project?.id;
  const resource = useListing<WireTask>(wish, String(projectId), (wanted, signal) => {
    const query = { ...apiQuery(wanted, names, PAGE_SIZE) };
    if (projectId !== undefined) query.project_id = projectId;
    return call<Page<WireTask>>("GET", "/tasks", { query, signal });
  });
  const changed = (): void => {
    void resource.reload();
    onChanged?.();
  };
  const operations = useOperations(changed);
  const { state } = resource;
  const isBare = state.name === "ready" && state.value.count === 0 && !isNarrowed(wish);
  return (
    <>
      {!isBare && <TaskFilters wish={wish} project={project} />}
      <Listing
        wish={wish}
        resource={resource}
        failed={t("tasks.failed")}
        noneFound={t("tasks.none-found")}
        none={none}
      >
        {(page) => (
          <>
            <ul class="task-list" aria-label={t("tasks")}>
              {page.results.map((task) => (
                <TaskRow
                  key={task.id}
                  task={task}
                  operations={operations.filter((each) => each.task_id === task.id)}
                  inProject={project !== undefined}
                  onChanged={changed}
                />
              ))}
            </ul>
            <Pages
              total={counted("tasks.count", page.count)}
              count={page.count}
              pageSize={PAGE_SIZE}
              page={wish.page}
              label={t("tasks.pages")}
            />
          </>
        )}
      </Listing>
    </>
  );
}

function TaskFilters({ wish, project }: { wish: Wish; project: TaskListingProps["project"] }): JSX.Element {
  return (
    <Filters
      wish={wish}
      search={
        <SearchField
          search={wish.search}
          label={t("tasks.search")}
          hint={t("tasks.search.hint")}
          example={t("tasks.search.example")}
          onSearch={(search) => setQuery({ search: search || undefined, page: undefined })}
        />
      }
    >
      <StatusFilter wish={wish} />
      <ChoiceFilter
        wish={wish}
        name="mode"
        label={t("tasks.filter.mode")}
        all={t("tasks.filter.mode.all")}
        choices={[
          { value: "annotation", text: t("task.mode.annotation") },
          { value: "interpolation", text: t("task.mode.interpolation") },
        ]}
      />
      <PersonFilter wish={wish} name="owner" label={t("task.owner")} />
      <PersonFilter wish={wish} name="assignee" label={t("task.assignee")} />
      {project === undefined ? (
        <ProjectFilter wish={wish} />
      ) : (
        project.subsets.length > 0 && (
          <ChoiceFilter
            wish={wish}
            name="subset"
            label={t("task.subset")}
            all={t("tasks.filter.subset.all")}
            choices={project.subsets.map((value) => ({ value, text: value }))}
          />
        )
      )}
    </Filters>
  );
}

function ProjectFilter({ wish }: { wish: Wish }): JSX.Element {
  const id = Number(wish.filters.project) || null;
  const found = useProject(id);
  const chosen: ProjectName | null = id === null ? null : { id, name: found?.name ?? `#${id}` };
  return (
    <Picker
      class={chosen === null ? "" : "chosen"}
      labelled
      chosen={chosen}
      label={t("task.project")}
      none={t("list.any")}
      search={t("projects.search")}
      find={findProjects}
      nameOf={(each) => each.name}
      keyOf={(each) => each.id}
      onPick={(each) => setQuery({ project: each?.id, page: undefined })}
    />
  );
}
