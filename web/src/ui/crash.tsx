import { Bug, RefreshCw } from "lucide";
import { Component, type ComponentChildren } from "preact";
import { t } from "../i18n";
import { Button } from "./kit/button";
import { Empty } from "./kit/empty";

/** Shows a page instead of nothing when a bug of ours stopped the drawing of what is in it. */
export class CrashBarrier extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: undefined as unknown };

  static override getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  /** To whoever listens for errors nobody caught: the console, and in an open job the server. */
  override componentDidCatch(error: unknown): void {
    reportError(error);
  }

  override render(): ComponentChildren {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <Empty
        icon={Bug}
        tone="danger"
        title={t("crash.title")}
        action={
          <Button tone="primary" icon={RefreshCw} onClick={() => location.reload()}>
            {t("reload")}
          </Button>
        }
      >
        <p>{t("crash.text")}</p>
        <pre class="crash-detail">
          {error instanceof Error ? (error.stack ?? error.message) : String(error)}
        </pre>
      </Empty>
    );
  }
}
