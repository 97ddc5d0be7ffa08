/** Pages that are fetched when they are first shown. */

import { signal } from "@preact/signals";
import { RefreshCw, WifiOff } from "lucide";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "./kit/button";
import { Empty } from "./kit/empty";
import { Waiting } from "./kit/progress";

export interface Lazy<Props> {
  /** Fetch it now, because it will be needed. */
  preload(): void;
  Page: ComponentType<Props>;
}

type State<Props> = { name: "none" } | { name: "failed" } | { name: "there"; page: ComponentType<Props> };

/** A page whose code `load` fetches. When it cannot be had (the server is newer by now, or gone), it says so. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): Lazy<Props> {
  const state = signal<State<Props>>({ name: "none" });
  let started = false;
  const preload = (): void => {
    if (started) return;
    started = true;
    load().then(
      (page) => {
        state.value = { name: "there", page };
      },
      () => {
        state.value = { name: "failed" };
      },
    );
  };
  const Page = (props: Props): JSX.Element => {
    useEffect(preload, []);
    const now = state.value;
    if (now.name === "there") return <now.page {...props} />;
    return now.name === "failed" ? <Unfetched /> : <Waiting label={t("loading")} />;
  };
  return { preload, Page };
}

function Unfetched(): JSX.Element {
  return (
    <Empty
      icon={WifiOff}
      tone="danger"
      title={t("page.unfetched")}
      action={
        <Button tone="primary" icon={RefreshCw} onClick={() => location.reload()}>
          {t("reload")}
        </Button>
      }
    >
      {t("page.unfetched.hint")}
    </Empty>
  );
}
