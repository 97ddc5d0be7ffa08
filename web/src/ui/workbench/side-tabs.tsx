import type { JSX } from "preact";
import { t } from "../../i18n";
import { tip } from "../kit/tooltip";
import type { Review } from "../review/review";
import { shownKey } from "./key-names";

const TABS = ["objects", "issues"] as const;

/** Objects of the frame, or issues of the job; where there is no issue and none to come, there is no choice. */
export function SideTabs({ review }: { review: Review }): JSX.Element | null {
  const entries = review.entries.value;
  const open = entries.filter(({ look }) => look !== "resolved").length;
  const hasNews = review.failure.value !== undefined || review.strayReplies.length > 0;
  const isUseless = entries.length === 0 && !review.mayReview.value && !hasNews;
  if (isUseless && review.tab.value === "objects") return null;
  const move = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    // Over the picture, arrows move objects.
    event.preventDefault();
    event.stopPropagation();
    review.toggleTab();
    const tabs = (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=tab]");
    tabs[TABS.indexOf(review.tab.peek())]?.focus();
  };
  return (
    <div class="side-tabs" role="tablist" aria-label={t("workbench.side")} onKeyDown={move}>
      {TABS.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          aria-selected={review.tab.value === tab}
          tabIndex={review.tab.value === tab ? 0 : -1}
          {...tip(t("command.review.tab"), shownKey("T"))}
          onClick={() => {
            review.tab.value = tab;
          }}
        >
          {t(`review.tab.${tab}`)}
          {tab === "issues" && open > 0 && <span class="tab-count">{open}</span>}
        </button>
      ))}
    </div>
  );
}
