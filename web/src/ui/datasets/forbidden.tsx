import { Lock } from "lucide";
import type { JSX } from "preact";
import { type Key, t } from "../../i18n";
import { Empty } from "../kit/empty";
import { Link } from "../link";

/** Stands where datasets would, for those who are given tasks of them instead. */
export function Forbidden({ title = "datasets.forbidden" }: { title?: Key }): JSX.Element {
  return (
    <Empty
      icon={Lock}
      title={t(title)}
      action={
        <Link class="button primary" to="/tasks">
          {t("not-found.tasks")}
        </Link>
      }
    >
      {t("datasets.forbidden.hint")}
    </Empty>
  );
}
