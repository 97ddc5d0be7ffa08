import type { JSX } from "preact";
import { t } from "../../i18n";
import { tip } from "../kit/tooltip";
import { shownKey } from "./key-names";
import { MODE_NAMES, type ModeName } from "./modes";
import type { Workbench } from "./workbench";
import "./modes.css";

/** What the workbench is set up for, and the way to another: every tool is one choice away. */
export function ModeSwitch({ bench }: { bench: Workbench }): JSX.Element {
  return (
    <label class="mode-switch">
      <span>{t("mode")}</span>
      <select
        value={bench.mode.value.name}
        {...tip(t("command.mode.toggle"), shownKey("W"))}
        onChange={(event) => {
          bench.modes.choose(event.currentTarget.value as ModeName);
          event.currentTarget.value = bench.mode.value.name;
          // The next key is meant for the picture.
          event.currentTarget.blur();
        }}
      >
        {MODE_NAMES.map((name) => (
          <option key={name} value={name}>
            {t(`mode.${name}`)}
          </option>
        ))}
      </select>
      <kbd>{shownKey("W")}</kbd>
    </label>
  );
}
