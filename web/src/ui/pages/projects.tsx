import "../projects/projects.css";
import "../tasks/task-listing.css";
import { Folders, Plus } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { mayCreate } from "../../session";
import { counted } from "../format";
import { Empty } from "../kit/empty";
import { Icon } from "../kit/icon";
import { Link } from "../link";
import { Filters, PersonFilter, StatusFilter } from "../listing/filters";
import { Listing, useListing } from "../listing/listing";
import { Pages } from "../listing/pages";
import { apiQuery, isNarrowed, PROJECT_FILTERS, readWish, type Wish } from "../listing/query";
import { SearchField } from "../listing/search-field";
import { ProjectRow } from "../projects/project-row";
import { listProjects, type WireProject } from "../projects/wire";
import { place, setQuery } from "../routes";
import { PROJECT_TERMS } from "../tasks/search";

const PAGE_SIZE = 12;

/** All projects one may see. */
export function ProjectList(): JSX.Element {
  const wish = readWish(place.value.query, PROJECT_FILTERS);
  const resource = useListing<WireProject>(wish, "projects", (wanted, signal) =>
    listProjects(apiQuery(wanted, PROJECT_FILTERS, PAGE_SIZE, PROJECT_TERMS), signal),
  );
  const { state, reload } = resource;
  const isBare = state.name === "ready" && state.value.count === 0 && !isNarrowed(wish);
  return (
    <>
      <div class="page-head">
        <h1>{t("projects")}</h1>
        <CreateLink />
      </div>
      {!isBare && <ProjectFilters wish={wish} />}
      <Listing
        wish={wish}
        resource={resource}
        failed={t("projects.failed")}
        noneFound={t("projects.none-found")}
        none={<NoProjects />}
      >
        {(page) => (
          <>
            <ul class="task-list" aria-label={t("projects")}>
              {page.results.map((project) => (
                <ProjectRow key={project.id} project={project} onDeleted={() => void reload()} />
              ))}
            </ul>
            <Pages
              total={counted("projects.count", page.count)}
              count={page.count}
              pageSize={PAGE_SIZE}
              page={wish.page}
              label={t("projects.pages")}
            />
          </>
        )}
      </Listing>
    </>
  );
}

function ProjectFilters({ wish }: { wish: Wish }): JSX.Element {
  return (
    <Filters
      wish={wish}
      search={
        <SearchField
          search={wish.search}
          label={t("projects.search")}
          hint={t("projects.search.hint")}
          example={t("projects.search.example")}
          onSearch={(search) => setQuery({ search: search || undefined, page: undefined })}
        />
      }
    >
      <StatusFilter wish={wish} />
      <PersonFilter wish={wish} name="owner" label={t("task.owner")} />
      <PersonFilter wish={wish} name="assignee" label={t("task.assignee")} />
    </Filters>
  );
}

function CreateLink(): JSX.Element | null {
  if (!mayCreate()) return null;
  return (
    <Link class="button primary" to="/projects/create">
      <Icon icon={Plus} />
      {t("projects.create")}
    </Link>
  );
}

function NoProjects(): JSX.Element {
  return (
    <Empty icon={Folders} title={t("projects.none")} action={<CreateLink />}>
      {t(mayCreate() ? "projects.none.create" : "projects.none.ask")}
    </Empty>
  );
}
