import { ChartColumn } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Icon } from "../kit/icon";
import { Link } from "../link";

/** Leads to the figures of a project or a task. */
export function StatisticsLink(of: { project: number } | { task: number }): JSX.Element {
  const [[name, id] = []] = Object.entries(of);
  return (
    <Link to={`/statistics?${name}=${id}`} class="with-icon">
      <Icon icon={ChartColumn} size={14} />
      {t("statistics")}
    </Link>
  );
}
