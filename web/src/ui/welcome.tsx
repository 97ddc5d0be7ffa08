import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { API } from "../api";
import { chooseLocale, LOCALE_NAMES, LOCALES, type Locale, locale, productName, t } from "../i18n";
import { askSession, type Session } from "../session";
import { chooseTheme, THEMES, type Theme, theme } from "../theme";

/** The one page of this release: who is signed in, and what there is to use. */
export function Welcome(): JSX.Element {
  const session = useSignal<Session>({ name: "asking" });
  useEffect(() => {
    askSession().then((answer) => {
      session.value = answer;
    });
  }, []);
  return (
    <>
      <header>
        <span class="product">{productName()}</span>
        <ThemeChoice />
        <LocaleChoice />
      </header>
      <main>
        <h1>{productName()}</h1>
        <p class="tagline">{t("tagline")}</p>
        <p role="status" class={`session ${session.value.name}`}>
          {describe(session.value)}
        </p>
        <h2>{t("state.title")}</h2>
        <ul>
          <li>{t("state.api", { address: `${location.origin}${API}` })}</li>
          <li>{t("state.workbench")}</li>
          <li>{t("state.readme")}</li>
        </ul>
      </main>
    </>
  );
}

function describe(session: Session): string {
  switch (session.name) {
    case "signed-in":
      return t("session.signed-in", { name: session.user });
    case "failed":
      return t("session.failed", { status: session.status });
    default:
      return t(`session.${session.name}`);
  }
}

function ThemeChoice(): JSX.Element {
  return (
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
  );
}

function LocaleChoice(): JSX.Element {
  return (
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
  );
}
