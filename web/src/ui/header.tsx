import { BookOpen, ChevronDown, CircleUser, Image, Info, LogOut, UserCog } from "lucide";
import type { JSX } from "preact";
import { SIGN_IN_PAGE } from "../bearer";
import { chooseLocale, LOCALE_NAMES, LOCALES, locale, productName, t } from "../i18n";
import { session, signOut, type User } from "../session";
import { chooseTheme, THEMES, theme } from "../theme";
import { mayReadDatasets } from "./datasets/wire";
import { Icon } from "./kit/icon";
import { MenuButton, type MenuItem } from "./kit/menu";
import { toast } from "./kit/toast";
import { Link } from "./link";
import { problemOf } from "./problem";
import { go, hrefOf, place } from "./routes";

/** Where the server shows its guide, outside our pages. */
const GUIDE = "/documentation/user_guide.html";

/** The bar above every page but the workbench. */
export function Header(): JSX.Element {
  const now = session.value;
  return (
    <header class="top">
      <Link to="/tasks" class="product" aria-label={productName()}>
        <Icon icon={Image} size={20} />
        <span>{productName()}</span>
      </Link>
      <Sections user={now.name === "signed-in" ? now.user : undefined} />
      {now.name === "signed-in" && (
        <MenuButton
          class="button quiet user-menu"
          aria-label={t("user-menu", { name: now.user.username })}
          items={userMenu}
        >
          <Icon icon={CircleUser} />
          <span class="user-name">{now.user.username}</span>
          <Icon icon={ChevronDown} size={14} />
        </MenuButton>
      )}
    </header>
  );
}

/** The sections of the pages; the one shown is marked on all of its pages. */
function Sections({ user }: { user: User | undefined }): JSX.Element {
  const sections = [
    "projects",
    "tasks",
    ...(user !== undefined && mayReadDatasets(user) ? (["datasets"] as const) : []),
    "statistics",
    ...(user?.isStaff && SIGN_IN_PAGE === undefined ? (["users"] as const) : []),
  ] as const;
  const shown = place.value.path.split("/")[1];
  return (
    <nav aria-label={t("pages")}>
      {sections.map((each) => (
        <Link key={each} to={`/${each}`} {...(shown === each ? { "aria-current": "page" } : {})}>
          {t(each)}
        </Link>
      ))}
    </nav>
  );
}

/** Accounts of a platform are looked after there. */
const ACCOUNT = (): readonly MenuItem[] => [
  { text: t("account"), icon: UserCog, run: () => void go("/account") },
  { kind: "line" },
];

function userMenu(): readonly MenuItem[] {
  return [
    ...(SIGN_IN_PAGE === undefined ? ACCOUNT() : []),
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
    { text: t("guide"), icon: BookOpen, run: () => void window.open(hrefOf(GUIDE), "_blank", "noopener") },
    { text: t("about"), icon: Info, run: () => void go("/about") },
    { kind: "line" },
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
