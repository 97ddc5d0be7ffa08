import "./people.css";
import { Copy } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { copyText } from "../copy";
import { IconButton } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { toast } from "../kit/toast";
import { hrefOf } from "../routes";

const COMMAND = "labelwright user create NAME --role annotator";

/** How people come to have an account: the API makes none. */
export function NewUsers({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t("users.new.title")} onClose={onClose}>
      <section class="ways">
        <h3>{t("users.new.self")}</h3>
        <p class="quiet">{t("users.new.self.text")}</p>
        <ToCopy text={`${location.origin}${hrefOf("/auth/register")}`} />
      </section>
      <section class="ways">
        <h3>{t("users.new.cli")}</h3>
        <p class="quiet">{t("users.new.cli.text")}</p>
        <ToCopy text={COMMAND} />
      </section>
    </Dialog>
  );
}

function ToCopy({ text }: { text: string }): JSX.Element {
  const copy = (): Promise<void> =>
    copyText(text).then(
      () => void toast(t("users.copied"), { tone: "good", key: "copied" }),
      () => void toast(t("users.copy.failed"), { tone: "danger", key: "copied" }),
    );
  return (
    <div class="command">
      <code>{text}</code>
      <IconButton icon={Copy} label={t("users.copy")} onClick={() => void copy()} />
    </div>
  );
}
