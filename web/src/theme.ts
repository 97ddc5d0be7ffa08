import { effect, signal } from "@preact/signals";
import { remember, remembered } from "./remember";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** The theme chosen; `system` follows the browser's own setting. */
export const theme = signal<Theme>("system");

/** Show the theme chosen before, and follow each later choice. */
export function startTheme(): void {
  theme.value = remembered("theme", THEMES) ?? "system";
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  remember("theme", chosen);
}
