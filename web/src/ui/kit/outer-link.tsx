import { ExternalLink } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Icon } from "./icon";

/** A link to a page that is none of the app's, in a tab of its own. */
export function OuterLink({ to, children }: { to: string; children: string }): JSX.Element {
  return (
    <a href={to} target="_blank" rel="noopener noreferrer" class="outer-link">
      {children}
      <Icon icon={ExternalLink} size={12} />
      <span class="unseen"> {t("link.new-tab")}</span>
    </a>
  );
}
