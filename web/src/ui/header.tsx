import { useSignal } from "@preact/signals";
import { ChevronDown, CircleUser, Image, Info, LogOut } from "lucide";
import type { JSX } from "preact";
import { API } from "../api";
import { chooseLocale, LOCALE_NAMES, LOCALES, locale, productName, t } from "../i18n";
import { session, signOut } from "../session";
import { chooseTheme, THEMES, theme } from "../theme";
import { Dialog } from "./kit/dialog";
import { Icon } from "./kit/icon";
import { MenuButton, type MenuItem } from "./kit/menu";
import { toast } from "./kit/toast";
import { Link } from "./link";
import { problemOf } from "./problem";
import { go, route } from "./routes";

/** The bar above every page but the workbench. */
export function Header(): JSX.Element {
  const about = useSignal(false);
  const now = session.value;
  const isTasks = ["tasks", "task", "create"].includes(route.value.name);
  return (
    <header class="top">
      <Link to="/tasks" class="product">
        <Icon icon={Image} size={20} />
        <span>{productName()}</span>
      </Link>
      <nav aria-label={t("pages")}>
        <Link to="/tasks" {...(isTasks ? { "aria-current": "page" } : {})}>
          {t("tasks")}
        </Link>
      </nav>
      {now.name === "signed-in" && (
        <MenuButton
          class="button quiet user-menu"
          aria-label={t("user-menu", { name: now.user.username })}
          items={() =>
            userMenu(() => {
              about.value = true;
            })
          }
        >
          <Icon icon={CircleUser} />
          <span class="user-name">{now.user.username}</span>
          <Icon icon={ChevronDown} size={14} />
        </MenuButton>
      )}
      {about.value && (
        <About
          onClose={() => {
            about.value = false;
          }}
        />
      )}
    </header>
  );
}

function userMenu(showAbout: () => void): readonly MenuItem[] {
  return [
    { kind: "title", text: t("language") },
    ...LOCALES.map((each) => ({
      text: LOCALE_NAMES[each],
      checked: locale.value === each,
      run: () => chooseLocale(each),
    })),
    { kind: "title", text: t("theme") },
    ...THEMES.map((each) => ({
      text: t(`theme.${each}`),
      checked: theme.value === each,
      run: () => chooseTheme(each),
    })),
    { kind: "line" },
    { text: t("about"), icon: Info, run: showAbout },
    { text: t("sign-out"), icon: LogOut, run: () => void leave() },
  ];
}

async function leave(): Promise<void> {
  // Guards of unsaved work are asked before the session ends: afterwards nothing could be saved.
  if (!(await go("/tasks"))) return;
  try {
    await signOut();
  } catch (error) {
    toast(problemOf(error), { tone: "danger", key: "sign-out" });
    return;
  }
  await go("/auth/login");
}

function About({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t("about.title", { product: productName() })} size="small" onClose={onClose}>
      <p>{t("tagline")}</p>
      <p class="quiet">{t("about.api", { address: `${location.origin}${API}` })}</p>
    </Dialog>
  );
}
