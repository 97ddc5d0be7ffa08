import "../listing/listing.css";
import "../tasks/task-listing.css";
import type { JSX } from "preact";
import { call } from "../../api";
import { t } from "../../i18n";
import { counted } from "../format";
import { useListing } from "../listing/listing";
import { Pages } from "../listing/pages";
import { readWish } from "../listing/query";
import { problemOf } from "../problem";
import { place } from "../routes";
import { useOperations } from "../tasks/operations";
import { TaskRow } from "../tasks/task-row";
import type { WireOperation, WireTask } from "../tasks/wire";

const PAGE_SIZE = 10;

export interface DatasetTasks {
  readonly isLoading: boolean;
  readonly problem: string | undefined;
  /** Those of the page shown, newest first. */
  readonly shown: readonly WireTask[];
  readonly count: number;
  readonly page: number;
  readonly operations: readonly WireOperation[];
  readonly reload: () => void;
}

/** The tasks made of a dataset; `onEnded` is told when work on some of them came to its end. */
export function useDatasetTasks(datasetId: number, onEnded: () => void): DatasetTasks {
  const wish = readWish(place.value.query, {});
  const { state, reload } = useListing<WireTask>(wish, `dataset ${datasetId}`, ({ page }, signal) =>
    call("GET", "/tasks", { query: { dataset_id: datasetId, page, page_size: PAGE_SIZE }, signal }),
  );
  const operations = useOperations(() => {
    void reload();
    onEnded();
  });
  return {
    isLoading: state.name === "loading",
    problem: state.name === "failed" ? problemOf(state.error) : undefined,
    shown: state.name === "ready" ? state.value.results : [],
    count: state.name === "ready" ? state.value.count : 0,
    page: wish.page,
    operations,
    reload: () => void reload(),
  };
}

/** The rows of them. */
export function TasksOfDataset({ tasks }: { tasks: DatasetTasks }): JSX.Element {
  return (
    <>
      <ul class="task-list" aria-label={t("tasks")}>
        {tasks.shown.map((task) => (
          <TaskRow
            key={task.id}
            task={task}
            operations={tasks.operations.filter((each) => each.task_id === task.id)}
            onChanged={tasks.reload}
          />
        ))}
      </ul>
      {tasks.count > PAGE_SIZE && (
        <Pages
          total={counted("tasks.count", tasks.count)}
          count={tasks.count}
          pageSize={PAGE_SIZE}
          page={tasks.page}
          label={t("tasks.pages")}
        />
      )}
    </>
  );
}
