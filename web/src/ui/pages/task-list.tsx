import { Image, Plus } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { mayCreate } from "../../session";
import { Empty } from "../kit/empty";
import { Icon } from "../kit/icon";
import { Link } from "../link";
import { TaskListing } from "../tasks/task-listing";
import { WorkLeft } from "../tasks/work-left";

/** All tasks one may see. */
export function TaskList(): JSX.Element {
  return (
    <>
      <div class="page-head">
        <h1>{t("tasks")}</h1>
        <CreateLink />
      </div>
      <WorkLeft />
      <TaskListing none={<NoTasks />} />
    </>
  );
}

function CreateLink(): JSX.Element | null {
  if (!mayCreate()) return null;
  return (
    <Link class="button primary" to="/tasks/create">
      <Icon icon={Plus} />
      {t("tasks.create")}
    </Link>
  );
}

function NoTasks(): JSX.Element {
  return (
    <Empty icon={Image} title={t("tasks.none")} action={<CreateLink />}>
      {t(mayCreate() ? "tasks.none.create" : "tasks.none.ask")}
    </Empty>
  );
}
