import { ChevronLeft, ChevronRight } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { Icon } from "../kit/icon";
import { Link } from "../link";
import { place } from "../routes";

export interface PagesProps {
  /** What is counted, in words. */
  readonly total: string;
  readonly count: number;
  readonly pageSize: number;
  readonly page: number;
  readonly label: string;
}

/** Leads from page to page of a list: links, so that a page can be opened beside, and gone back from. */
export function Pages({ total, count, pageSize, page, label }: PagesProps): JSX.Element {
  const last = Math.max(1, Math.ceil(count / pageSize));
  const nav = useRef<HTMLElement>(null);
  const wasTurned = useRef(false);
  useLayoutEffect(() => {
    // On the first and the last page the link that was pressed is none any more.
    if (wasTurned.current && document.activeElement === document.body)
      nav.current?.querySelector("a")?.focus({ preventScroll: true });
    wasTurned.current = false;
  }, [page]);
  return (
    <nav
      ref={nav}
      class="pages"
      aria-label={label}
      onClickCapture={() => {
        wasTurned.current = true;
      }}
    >
      <span class="quiet">{total}</span>
      {last > 1 && (
        <>
          <Turn to={page > 1 ? page - 1 : undefined}>
            <Icon icon={ChevronLeft} />
            {t("pages.previous")}
          </Turn>
          <span>{t("pages.of", { page, last })}</span>
          <Turn to={page < last ? page + 1 : undefined}>
            {t("pages.next")}
            <Icon icon={ChevronRight} />
          </Turn>
        </>
      )}
    </nav>
  );
}

function Turn({ to, children }: { to: number | undefined; children: ComponentChildren }): JSX.Element {
  if (to === undefined)
    return (
      <button type="button" class="button" disabled>
        {children}
      </button>
    );
  return (
    <Link class="button" to={pageAddress(to)}>
      {children}
    </Link>
  );
}

/** The address of page `to` of the list shown, with all that narrows it. */
function pageAddress(to: number): string {
  const query = new URLSearchParams(place.value.query);
  if (to === 1) query.delete("page");
  else query.set("page", String(to));
  return `${place.value.path}${query.size > 0 ? `?${query}` : ""}`;
}
