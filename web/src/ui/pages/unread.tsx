import { CircleAlert, RefreshCw } from "lucide";
import type { JSX } from "preact";
import { ApiError } from "../../api";
import { t } from "../../i18n";
import { Button } from "../kit/button";
import { Empty } from "../kit/empty";
import { Link } from "../link";
import { problemOf } from "../problem";
import { NotFound } from "./not-found";

export interface UnreadProps {
  readonly title: string;
  readonly error: unknown;
  readonly back: { readonly to: string; readonly text: string };
  readonly onRetry: () => void;
}

/** A page of one thing that could not be had. */
export function Unread({ title, error, back, onRetry }: UnreadProps): JSX.Element {
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  return (
    <Empty
      icon={CircleAlert}
      tone="danger"
      title={title}
      action={
        <>
          <Button icon={RefreshCw} onClick={onRetry}>
            {t("retry")}
          </Button>
          <Link class="button" to={back.to}>
            {back.text}
          </Link>
        </>
      }
    >
      {problemOf(error)}
    </Empty>
  );
}
