import "./deleted-veil.css";
import { ImageOff, ImagePlus } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import type { Workbench } from "./workbench";

/** Lies over the picture of a deleted frame, says so, and offers it back. The picture can be looked at below. */
export function DeletedVeil({ bench }: { bench: Workbench }): JSX.Element | null {
  const { picture, wanted } = bench.navigation;
  const isSeen = picture.value?.frame === wanted.value;
  if (!bench.deleted.isHere.value || !isSeen) return null;
  return (
    <div class="deleted-veil">
      <div class="deleted-card" role="status">
        <Icon icon={ImageOff} size={20} />
        <p>
          <b>{t("workbench.frame.is-deleted.title", { frame: wanted.value })}</b>
          <span class="quiet">{t("workbench.frame.is-deleted.text")}</span>
        </p>
        {!bench.sync.readOnly.value && (
          <Button icon={ImagePlus} onClick={() => void bench.deleted.toggle()}>
            {t("workbench.frame.restore")}
          </Button>
        )}
      </div>
    </div>
  );
}
