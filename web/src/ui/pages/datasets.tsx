import "../datasets/datasets.css";
import "../listing/listing.css";
import "../tasks/task-listing.css";
import { Database, Plus } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { mayCreate } from "../../session";
import { DatasetRow } from "../datasets/dataset-row";
import { Forbidden } from "../datasets/forbidden";
import { listDatasets, mayRead, type WireDataset } from "../datasets/wire";
import { counted } from "../format";
import { Empty } from "../kit/empty";
import { Icon } from "../kit/icon";
import { Link } from "../link";
import { Listing, type Page, useListing } from "../listing/listing";
import { Pages } from "../listing/pages";
import { isNarrowed, readWish, type Wish } from "../listing/query";
import { SearchField } from "../listing/search-field";
import { place, setQuery } from "../routes";

const PAGE_SIZE = 12;

/** All datasets, newest first. */
export function DatasetList(): JSX.Element {
  return mayRead() ? <Datasets /> : <Forbidden />;
}

function Datasets(): JSX.Element {
  const wish = readWish(place.value.query, {});
  const resource = useListing<WireDataset>(wish, "datasets", readPage);
  const { state, reload } = resource;
  const isBare = state.name === "ready" && state.value.count === 0 && !isNarrowed(wish);
  return (
    <>
      <div class="page-head">
        <h1>{t("datasets")}</h1>
        <CreateLink />
      </div>
      {!isBare && (
        <search class="filters">
          <div class="filters-first">
            <SearchField
              search={wish.search}
              label={t("datasets.search")}
              hint={t("datasets.search.hint")}
              example={t("datasets.search.example")}
              onSearch={(search) => setQuery({ search: search || undefined, page: undefined })}
            />
          </div>
        </search>
      )}
      <Listing
        wish={wish}
        resource={resource}
        failed={t("datasets.failed")}
        noneFound={t("datasets.none-found")}
        none={<NoDatasets />}
      >
        {(page) => (
          <>
            <ul class="task-list" aria-label={t("datasets")}>
              {page.results.map((dataset) => (
                <DatasetRow key={dataset.id} dataset={dataset} onDeleted={() => void reload()} />
              ))}
            </ul>
            <Pages
              total={counted("datasets.count", page.count)}
              count={page.count}
              pageSize={PAGE_SIZE}
              page={wish.page}
              label={t("datasets.pages")}
            />
          </>
        )}
      </Listing>
    </>
  );
}

async function readPage(wish: Wish, signal: AbortSignal): Promise<Page<WireDataset>> {
  const query = { name: wish.search || undefined, pageNum: wish.page, pageSize: PAGE_SIZE };
  const { items, total } = await listDatasets(query, signal);
  const last = Math.max(1, Math.ceil(total / PAGE_SIZE));
  if (wish.page <= last) return { count: total, results: items };
  // The last of the last page was deleted, or the address is an old one: a page beyond the end is an empty one.
  setQuery({ page: last > 1 ? last : undefined });
  return readPage({ ...wish, page: last }, signal);
}

function CreateLink(): JSX.Element | null {
  if (!mayCreate()) return null;
  return (
    <Link class="button primary" to="/datasets/create">
      <Icon icon={Plus} />
      {t("datasets.create")}
    </Link>
  );
}

function NoDatasets(): JSX.Element {
  return (
    <Empty icon={Database} title={t("datasets.none")} action={<CreateLink />}>
      {t(mayCreate() ? "datasets.none.create" : "datasets.none.ask")}
    </Empty>
  );
}
