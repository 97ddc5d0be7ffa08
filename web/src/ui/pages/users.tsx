import "./users.css";
import "../people/texts";
import { type Signal, useSignal } from "@preact/signals";
import { ChartColumn, EllipsisVertical, Pencil, ShieldX, Trash2, UserPlus, UsersRound } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { callSignedIn, session, type User } from "../../session";
import { age, counted, moment } from "../format";
import { Button } from "../kit/button";
import { Empty } from "../kit/empty";
import { Icon } from "../kit/icon";
import { MenuButton } from "../kit/menu";
import { toast } from "../kit/toast";
import { tip } from "../kit/tooltip";
import { Link } from "../link";
import { ChoiceFilter } from "../listing/filters";
import { Listing, type Page, useListing } from "../listing/listing";
import { Pages } from "../listing/pages";
import { apiQuery, type FilterNames, readWish, type Wish } from "../listing/query";
import { SearchField } from "../listing/search-field";
import { DeleteUser } from "../people/delete-user";
import { NewUsers } from "../people/new-users";
import { RoleChips } from "../people/role-chips";
import { UserDialog } from "../people/user-dialog";
import { fullName, isFull, type WireUser } from "../people/wire";
import { go, place, setQuery } from "../routes";

const PAGE_SIZE = 25;
const FILTERS: FilterNames = { active: "is_active" };

/** Everybody's accounts, for those who look after them. */
export function UsersPage(): JSX.Element | null {
  const now = session.value;
  if (now.name !== "signed-in") return null;
  return now.user.isStaff ? <Users me={now.user} /> : <NotForYou />;
}

function NotForYou(): JSX.Element {
  return (
    <Empty
      icon={ShieldX}
      title={t("users.forbidden")}
      action={
        <Link class="button primary" to="/account">
          {t("users.forbidden.own")}
        </Link>
      }
    >
      {t("users.forbidden.text")}
    </Empty>
  );
}

/** What is done to whom, in a dialog. */
type Asked = { name: "none" } | { name: "new" } | { name: "edit" | "delete"; user: WireUser };

function Users({ me }: { me: User }): JSX.Element {
  const wish = readWish(place.value.query, FILTERS);
  const resource = useListing<WireUser>(wish, "users", (asked, signal) =>
    callSignedIn<Page<WireUser>>("GET", "/users", {
      query: apiQuery(asked, FILTERS, PAGE_SIZE, []),
      signal,
    }),
  );
  const asked = useSignal<Asked>({ name: "none" });
  return (
    <>
      <div class="page-head">
        <h1>{t("users")}</h1>
        <Button
          tone="primary"
          icon={UserPlus}
          onClick={() => {
            asked.value = { name: "new" };
          }}
        >
          {t("users.new")}
        </Button>
      </div>
      <UserFilters wish={wish} />
      <Listing
        wish={wish}
        resource={resource}
        failed={t("users.failed")}
        noneFound={t("users.none")}
        none={<Empty icon={UsersRound} title={t("users.none")} />}
      >
        {(page) => (
          <>
            <Limits me={me} sees={page.results.some(isFull)} />
            <ul class="user-list">
              {page.results.map((user) => (
                <UserRow key={user.id} user={user} me={me} asked={asked} />
              ))}
            </ul>
            <Pages
              total={counted("users.count", page.count)}
              count={page.count}
              pageSize={PAGE_SIZE}
              page={wish.page}
              label={t("users.pages")}
            />
          </>
        )}
      </Listing>
      <AskedDialog asked={asked} me={me} onChanged={() => void resource.reload()} />
    </>
  );
}

function UserFilters({ wish }: { wish: Wish }): JSX.Element {
  return (
    <search class="users-filters">
      <SearchField
        search={wish.search}
        label={t("users.search")}
        hint={t("users.search.hint")}
        example={t("users.search.example")}
        onSearch={(search) => setQuery({ search: search || undefined, page: undefined })}
      />
      <ChoiceFilter
        wish={wish}
        name="active"
        label={t("users.filter")}
        all={t("users.filter.all")}
        choices={[
          { value: "true", text: t("users.filter.active") },
          { value: "false", text: t("users.filter.inactive") },
        ]}
      />
    </search>
  );
}

interface AskedDialogProps {
  readonly asked: Signal<Asked>;
  readonly me: User;
  readonly onChanged: () => void;
}

/** The dialog of what is asked for, if anything is. */
function AskedDialog({ asked, me, onChanged }: AskedDialogProps): JSX.Element | null {
  const shown = asked.value;
  const close = (): void => {
    asked.value = { name: "none" };
  };
  if (shown.name === "none") return null;
  if (shown.name === "new") return <NewUsers onClose={close} />;
  const { user } = shown;
  const isSelf = user.id === me.id;
  if (shown.name === "edit")
    return (
      <UserDialog
        user={user}
        isSelf={isSelf}
        mayEdit={me.isAdmin || isSelf}
        onClose={close}
        onSaved={onChanged}
      />
    );
  const tell = (): void => {
    toast(t("users.deleted", { name: user.username }), { key: "user" });
    onChanged();
  };
  return <DeleteUser user={user} isSelf={isSelf} onClose={close} onDeleted={tell} />;
}

/** Says what staff without the role, and the role without staff, cannot do. */
function Limits({ me, sees }: { me: User; sees: boolean }): JSX.Element | null {
  if (sees && me.isAdmin) return null;
  return <p class="users-limits">{t(sees ? "users.read-only" : "users.basic")}</p>;
}

interface UserRowProps {
  readonly user: WireUser;
  readonly me: User;
  /** Set to what is to be done to the account. */
  readonly asked: Signal<Asked>;
}

function UserRow({ user, me, asked }: UserRowProps): JSX.Element {
  const isSelf = user.id === me.id;
  const isOff = isFull(user) && !user.is_active;
  const name = fullName(user);
  const mayEdit = me.isAdmin || isSelf;
  const edit = t(mayEdit ? "users.edit" : "users.show", { name: user.username });
  const ask = (name: "edit" | "delete"): void => {
    asked.value = { name, user };
  };
  return (
    <li class={`user-row ${isOff ? "off" : ""}`}>
      <div class="user-who">
        <h2>
          <button type="button" class="user-open" aria-label={edit} onClick={() => ask("edit")}>
            <bdi>{user.username}</bdi>
          </button>
          {isSelf && <span class="chip">{t("users.you")}</span>}
          {isOff && <span class="chip off">{t("users.off")}</span>}
        </h2>
        <p class="quiet">
          <bdi>{[name, isFull(user) ? user.email : ""].filter((part) => part !== "").join(" · ")}</bdi>
        </p>
      </div>
      <div class="user-roles">{isFull(user) && <RoleChips user={user} />}</div>
      <div class="user-seen quiet">
        {isFull(user) &&
          (user.last_login === null ? (
            t("users.never-seen")
          ) : (
            <span {...tip(moment(user.last_login))}>{t("users.seen", { age: age(user.last_login) })}</span>
          ))}
      </div>
      <MenuButton
        class="icon-button"
        aria-label={t("users.menu", { name: user.username })}
        items={() => [
          { text: edit, icon: Pencil, run: () => ask("edit") },
          {
            text: t("users.figures"),
            icon: ChartColumn,
            run: () => void go(`/statistics?user=${user.id}`),
          },
          ...(mayEdit && !isSelf
            ? [
                { kind: "line" as const },
                {
                  text: t("users.delete"),
                  icon: Trash2,
                  tone: "danger" as const,
                  run: () => ask("delete"),
                },
              ]
            : []),
        ]}
      >
        <Icon icon={EllipsisVertical} />
      </MenuButton>
    </li>
  );
}
