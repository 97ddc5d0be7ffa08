import { MapPinOff } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Empty } from "../kit/empty";
import { Link } from "../link";
import { place } from "../routes";

/** The address means no page, or something that is not there. */
export function NotFound(): JSX.Element {
  return (
    <Empty
      icon={MapPinOff}
      title={t("not-found.title")}
      action={
        <Link class="button primary" to="/tasks">
          {t("not-found.tasks")}
        </Link>
      }
    >
      {t("not-found.text", { path: place.value.path })}
    </Empty>
  );
}
