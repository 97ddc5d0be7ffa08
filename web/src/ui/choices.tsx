import "./choices.css";
import type { JSX } from "preact";
import { chooseLocale, LOCALE_NAMES, LOCALES, type Locale, locale, t } from "../i18n";
import { chooseTheme, THEMES, type Theme, theme } from "../theme";

/** Language and theme, for pages without the header's menu. */
export function Choices(): JSX.Element {
  return (
    <div class="choices">
      <select
        aria-label={t("language")}
        value={locale.value}
        onChange={(event) => chooseLocale(event.currentTarget.value as Locale)}
      >
        {LOCALES.map((each) => (
          <option key={each} value={each} lang={each}>
            {LOCALE_NAMES[each]}
          </option>
        ))}
      </select>
      <select
        aria-label={t("theme")}
        value={theme.value}
        onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {t(`theme.${each}`)}
          </option>
        ))}
      </select>
    </div>
  );
}
