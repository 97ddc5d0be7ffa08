import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { Dialog } from "../kit/dialog";
import { COMMANDS, type Command, type Group } from "./commands";
import { shownKey } from "./key-names";
import { pressed } from "./keys";
import type { Workbench } from "./workbench";

const GROUPS: readonly Group[] = ["draw", "label", "edit", "frame", "view", "job"];
const HELP_KEYS = COMMANDS.find(({ id }) => id === "help")?.keys ?? [];
/** What hands do on the picture: no commands, but as needful to know. */
const GESTURES = ["drag", "click", "alt-click", "space", "wheel", "freehand"] as const;

/** Every key and gesture, from the table that runs them. */
export function Help({ bench }: { bench: Workbench }): JSX.Element | null {
  const isOpen = bench.helpOpen.value;
  useEffect(() => {
    if (!isOpen) return;
    // The key that opens the dialog closes it; the dialog itself lets no key through.
    const close = (event: KeyboardEvent) => {
      if (!pressed(event).some((key) => HELP_KEYS.includes(key))) return;
      event.preventDefault();
      bench.helpOpen.value = false;
    };
    window.addEventListener("keydown", close, true);
    return () => window.removeEventListener("keydown", close, true);
  }, [bench, isOpen]);
  if (!isOpen) return null;
  return (
    <Dialog
      title={t("workbench.help")}
      size="large"
      onClose={() => {
        bench.helpOpen.value = false;
      }}
    >
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
    </Dialog>
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
  if (commands.length === 9)
    return first.keys.map((key, index) => `${shownKey(key)}…${shownKey(last.keys[index] ?? "").at(-1)}`);
  return commands.map((command) => shownKey(command.keys[0] ?? ""));
}
