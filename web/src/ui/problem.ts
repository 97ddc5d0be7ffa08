import { Unreachable } from "../api";
import { t } from "../i18n";

/** What went wrong, as a sentence for people. The server's own sentences come in the language shown. */
export function problemOf(error: unknown): string {
  if (error instanceof Unreachable) return t("server.silent");
  return error instanceof Error ? error.message : String(error);
}
