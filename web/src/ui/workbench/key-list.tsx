/** The keys of the workbench, as its help shows them and the page about the server does. */

import "./key-list.css";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { COMMANDS, type Command, type Group } from "./commands";
import { shownKey } from "./key-names";

const GROUPS: readonly Group[] = ["draw", "label", "tag", "text", "edit", "frame", "review", "view", "job"];
/** What hands do on the picture: no commands, but as needful to know. */
const GESTURES = ["drag", "click", "alt-click", "space", "wheel", "freehand"] as const;

/** Every key and gesture, from the table that runs them. */
export function KeyList(): JSX.Element {
  return (
    <div class="help">
      {GROUPS.map((group) => (
        <section key={group}>
          <h3>{t(`workbench.group.${group}`)}</h3>
          <dl>
            {rowsOf(group).map(({ text, keys }) => (
              <div key={text}>
                <dt>{text}</dt>
                <dd>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <section>
        <h3>{t("workbench.group.pointer")}</h3>
        <dl>
          {GESTURES.map((gesture) => (
            <div key={gesture}>
              <dt>{t(`workbench.gesture.${gesture}.does`)}</dt>
              <dd>{t(`workbench.gesture.${gesture}`)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}

/** Commands of one text stand in one row: nine digits, four arrows. */
function rowsOf(group: Group): { text: string; keys: string[] }[] {
  const rows = new Map<string, Command[]>();
  for (const command of COMMANDS.filter((each) => each.group === group)) {
    const text = t(command.text);
    rows.set(text, [...(rows.get(text) ?? []), command]);
  }
  return [...rows].map(([text, commands]) => ({ text, keys: keysOf(commands) }));
}

function keysOf(commands: readonly Command[]): string[] {
  const [first] = commands;
  if (first === undefined) return [];
  if (commands.length === 1) return first.keys.map(shownKey);
  const last = commands.at(-1) ?? first;
  if (commands.length >= 9)
    return first.keys.map((key, index) => `${shownKey(key)}…${shownKey(last.keys[index] ?? "").at(-1)}`);
  return commands.map((command) => shownKey(command.keys[0] ?? ""));
}
