/** The pages the server writes itself, the guide and the description of the API: their look, and what little moves. */

import "../app.css";
import "./manual.css";
import { remembered } from "../remember";

// What the workbench is told by `theme.ts` and `i18n.ts`; those would bring all its texts along.
document.documentElement.dataset.theme = remembered("theme", ["light", "dark"]) ?? "system";
const chosen = chosenElsewhere();
if (chosen !== undefined) location.replace(chosen);
else void showApi();

/** The address of this page in the language chosen in the workbench, unless the address names one. */
function chosenElsewhere(): string | undefined {
  const query = new URLSearchParams(location.search);
  const locale = remembered("locale", ["en-US", "zh-CN"]);
  const language = locale === "en-US" ? "en" : locale;
  if (language === undefined || query.has("language") || language === document.documentElement.lang)
    return undefined;
  query.set("language", language);
  return `${location.pathname}?${query}${location.hash}`;
}

/** Swagger UI is large: only its own page loads it. */
async function showApi(): Promise<void> {
  const place = document.querySelector<HTMLElement>("#swagger");
  if (place === null) return;
  const { showSwagger } = await import("./swagger");
  await showSwagger(place);
}
