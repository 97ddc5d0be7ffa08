import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { Dialog } from "../kit/dialog";
import { COMMANDS } from "./commands";
import { KeyList } from "./key-list";
import { pressed } from "./keys";
import type { Workbench } from "./workbench";

const HELP_KEYS = COMMANDS.find(({ id }) => id === "help")?.keys ?? [];
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
      <KeyList />
    </Dialog>
  );
}
