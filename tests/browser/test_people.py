"""Accounts in the browser: a password nobody remembers, registering, one's own account, and who may do what."""

import email
import re
from dataclasses import replace

import httpx
import pytest
from entrance import sign_in
from live import PASSWORD, serve, until
from texts import text
from visits import Visit

from labelwright.domain.agreements import Agreement
from labelwright.services import accounts

LOCALES = ["en-US", "zh-CN"]
NEW = "quite another pass phrase"
AGREEMENTS = (
    Agreement(name="terms", url="/api/v1/restrictions/terms-of-use", required=True, display_text="I agree"),
    Agreement(name="news", display_text="Tell me news"),
)


@pytest.fixture
def person(live):
    """Make an account."""

    def make(name, *roles, address="", is_admin=False):
        account = accounts.NewAccount(
            username=name, password=PASSWORD, password_again=PASSWORD, email=address
        )
        return accounts.create_account(live.deps, account=account, roles=roles, is_admin=is_admin)

    return make


@pytest.fixture
def come(visit):
    """A browser in which somebody has signed in by name and password, at a page."""

    def open_page(name, path="/account", password=PASSWORD, **options):
        visited = visit(None, **options)
        visited.expect("status of 40[01]")
        page = visited.go(path)
        sign_in(page, password, name, options.get("locale", "en-US"))
        page.wait_for_url(f"**{path}")
        return page

    return open_page


@pytest.fixture
def mails(live):
    """The texts of the mails to an address, the oldest first."""

    def read(address):
        folder = live.deps.scratch.parent / "mail"
        found = [email.message_from_bytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]
        return [each.get_payload(decode=True).decode() for each in found if each["To"] == address]

    return read


def ask_for_reset(page, address, locale):
    page.get_by_role("link", name=text("sign-in.forgot", locale)).click()
    page.get_by_label(text("reset.email", locale)).fill(address)
    page.get_by_role("button", name=text("reset.send", locale)).click()
    return page.get_by_text(text("reset.sent.text", locale, email=address))


def type_new(page, password=NEW, locale="en-US", label="password.new"):
    page.get_by_label(text(label, locale), exact=True).fill(password)
    page.get_by_label(text("register.again", locale)).fill(password)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_forgotten_password_is_set_anew_by_the_link_of_a_mail(person, visit, mails, locale):
    address = f"forgot-{locale}@example.org".lower()
    name = person(f"forgot-{locale}", address=address).username
    visited = visit(None, locale=locale)
    visited.expect("status of 40[01]")
    ask_for_reset(visited.go("/auth/login"), address, locale).wait_for()
    (mail,) = until(lambda: mails(address), bool)
    page = visited.go(re.search(r"/auth/password/reset/confirm\?\S+", mail)[0])
    type_new(page, locale=locale)
    page.get_by_role("button", name=text("reset.set", locale)).click()
    page.get_by_text(text("reset.done.text", locale)).wait_for()
    page.get_by_role("link", name=text("sign-in", locale), exact=True).click()
    sign_in(page, NEW, name, locale)
    page.get_by_role("button", name=text("user-menu", locale, name=name)).wait_for()


def test_an_address_nobody_has_is_answered_alike(visit, mails):
    visited = visit(None)
    visited.expect("status of 401")
    ask_for_reset(visited.go("/auth/login"), "nobody-has@example.org", "en-US").wait_for()
    assert mails("nobody-has@example.org") == []


@pytest.mark.parametrize("query", ["", "?uid=Mg", "?uid=Mg&token=1-ab"])
def test_a_link_that_does_not_work_is_explained(visit, query):
    visited = visit(None)
    visited.expect("status of 40[01]")
    page = visited.go(f"/auth/password/reset/confirm{query}")
    if "token" in query:
        type_new(page)
        page.get_by_role("button", name=text("reset.set")).click()
    page.get_by_role("heading", name=text("reset.dead")).wait_for()
    page.get_by_role("link", name=text("reset.again")).click()
    page.get_by_label(text("reset.email")).wait_for()


@pytest.fixture
def agreeing(live, browser, visits):
    """A browser on a server that has agreements, with whether it lets people register."""
    servers = []

    def start(**settings):
        servers.append(serve(replace(live.deps, agreements=AGREEMENTS, **settings)))
        visits.append(Visit(browser, servers[-1].__enter__()))
        visits[-1].expect("status of 40[013]")
        return visits[-1].go("/auth/register")

    yield start
    for visited in visits:  # a page that still asks for something must not find its server gone
        visited.page.close()
    for server in servers:
        server.__exit__()


def test_who_registers_agrees_first(agreeing, root):
    page = agreeing()
    page.get_by_label(text("username")).fill("newcomer")
    type_new(page, label="password")
    page.get_by_role("button", name=text("register"), exact=True).click()
    page.get_by_text(text("agreements.missing")).wait_for()
    assert page.get_by_label("I agree").get_attribute("aria-invalid") == "true"
    page.get_by_label("I agree").check()
    page.get_by_role("button", name=text("register"), exact=True).click()
    page.get_by_role("button", name=text("user-menu", name="newcomer")).wait_for()
    assert root.get("/users", params={"search": "newcomer"}).json()["results"][0]["groups"] == []


def test_what_the_server_refuses_stands_at_its_field(agreeing):
    page = agreeing()
    page.get_by_label(text("username")).fill("root")
    type_new(page, label="password")
    page.get_by_label("I agree").check()
    page.get_by_role("button", name=text("register"), exact=True).click()
    page.locator(".field-error", has_text="already exists").wait_for()
    assert page.get_by_label(text("username")).get_attribute("aria-invalid") == "true"


def test_a_server_that_lets_nobody_register_says_so(agreeing):
    page = agreeing(register=False)
    page.get_by_label(text("username")).fill("uninvited")
    type_new(page, label="password")
    page.get_by_label("I agree").check()
    page.get_by_role("button", name=text("register"), exact=True).click()
    page.get_by_text(text("register.closed")).wait_for()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_role_that_is_given_is_seen_by_who_gets_it(person, visit, come, locale):
    name = person(f"promoted-{locale}").username
    theirs = come(name, "/tasks", locale=locale)
    theirs.get_by_text(text("tasks.none.ask", locale)).or_(theirs.locator(".task-list")).first.wait_for()
    assert theirs.get_by_role("link", name=text("tasks.create", locale)).count() == 0
    ours = visit(locale=locale).go(f"/users?search={name}")
    ours.get_by_role("button", name=text("users.edit", locale, name=name)).click()
    ours.get_by_label(text("role.user", locale), exact=True).check()
    ours.get_by_role("button", name=text("save", locale)).click()
    ours.locator(".user-row").get_by_text(text("role.user", locale), exact=True).wait_for()
    theirs.reload()
    theirs.get_by_role("link", name=text("tasks.create", locale)).first.wait_for()


def test_nobody_gives_up_being_administrator_unasked(person, come, root):
    user = person("abdicating", is_admin=True)
    page = come("abdicating", "/users?search=abdicating")
    page.get_by_role("button", name=text("users.edit", name="abdicating")).click()
    page.get_by_label(text("users.superuser")).uncheck()
    page.get_by_label(text("role.admin"), exact=True).uncheck()
    page.get_by_role("button", name=text("save")).click()
    question = page.get_by_role("alertdialog")
    question.get_by_role("button", name=text("cancel")).click()
    assert root.get(f"/users/{user.id}").json()["groups"] == ["admin"]
    page.get_by_role("button", name=text("save")).click()
    question.get_by_role("button", name=text("users.demote.action")).click()
    page.get_by_text(text("users.read-only")).wait_for()
    assert root.get(f"/users/{user.id}").json()["groups"] == []


def test_who_switches_themselves_off_is_warned_and_out(person, come):
    person("leaving", is_admin=True)
    page = come("leaving", "/users?search=leaving")
    page.get_by_role("button", name=text("users.edit", name="leaving")).click()
    page.get_by_label(text("users.active")).uncheck()
    page.get_by_role("button", name=text("save")).click()
    page.get_by_role("button", name=text("users.switch-off.action")).click()
    page.get_by_label(text("username")).wait_for()


def test_a_user_is_deleted_once_the_name_is_typed(person, visit, root):
    user = person("unwanted")
    page = visit().go("/users?search=unwanted")
    page.get_by_role("button", name=text("users.menu", name="unwanted")).click()
    page.get_by_role("menuitem", name=text("users.delete")).click()
    sure = page.get_by_role("button", name=text("users.delete.action"))
    assert sure.is_disabled()
    page.get_by_label(text("users.delete.type", name="unwanted")).fill("unwanted")
    sure.click()
    page.get_by_text(text("users.deleted", name="unwanted")).wait_for()
    page.get_by_role("heading", name=text("users.none")).wait_for()
    assert root.get(f"/users/{user.id}").status_code == 404


def test_users_are_not_for_everybody(visit):
    page = visit("nobody").go("/users")
    page.get_by_role("link", name=text("users.forbidden.own")).click()
    page.get_by_role("heading", name=text("account"), exact=True).wait_for()


def test_a_changed_password_ends_the_other_sessions(person, come):
    person("careful")
    here, there = come("careful"), come("careful")
    here.get_by_label(text("account.password.old")).fill(PASSWORD)
    type_new(here)
    here.get_by_role("button", name=text("account.password.change")).click()
    here.get_by_text(text("account.password.changed")).wait_for()
    here.reload()
    here.get_by_role("heading", name=text("account"), exact=True).wait_for()
    there.reload()
    sign_in(there, NEW, "careful")
    there.get_by_role("heading", name=text("account"), exact=True).wait_for()


def test_a_wrong_and_a_weak_password_stand_at_their_fields(person, come):
    person("careless")
    page = come("careless")
    page.get_by_label(text("account.password.old")).fill("not this one")
    type_new(page, "careless")
    page.get_by_role("listitem").filter(has_text=text("password.rule.similar")).filter(
        has_text=text("password.verdict.broken")
    ).wait_for()
    page.get_by_role("button", name=text("account.password.change")).click()
    page.locator(".field", has=page.get_by_label(text("account.password.old"))).locator(
        ".field-error"
    ).wait_for()


def test_names_are_changed_by_their_owner_and_seen_at_once(person, come):
    person("renamed")
    page = come("renamed")
    page.get_by_label(text("username")).fill("renamed-now")
    page.get_by_label(text("account.first-name")).fill("Re")
    page.get_by_role("button", name=text("account.save"), exact=True).click()
    page.get_by_role("button", name=text("user-menu", name="renamed-now")).wait_for()
    assert page.get_by_label(text("account.email")).is_disabled()


def test_an_account_is_deleted_by_its_owner(person, come, live):
    person("regretful")
    page = come("regretful")
    page.get_by_role("button", name=text("account.delete.open")).click()
    page.get_by_label(text("users.delete.type", name="regretful")).fill("regretful")
    page.get_by_role("button", name=text("users.delete.action")).click()
    page.get_by_text(text("account.deleted")).wait_for()
    page.get_by_label(text("username")).wait_for()
    login = {"username": "regretful", "password": PASSWORD}
    assert httpx.post(f"{live.url}/api/v1/auth/login", json=login).status_code == 400


@pytest.mark.parametrize("locale", LOCALES)
def test_the_server_tells_what_it_is(visit, root, locale):
    page = visit(locale=locale).go("/about")
    about = root.get("/server/about").json()
    page.get_by_text(text("about.version", locale, version=about["version"])).wait_for()
    formats = root.get("/server/annotation/formats").json()
    names = {each["name"] for each in (*formats["importers"], *formats["exporters"])}
    assert set(page.locator("tbody th").all_inner_texts()) == names
    page.get_by_role("button", name=text("about.keys", locale)).click()
    page.get_by_role("heading", name=text("workbench.group.draw", locale), exact=True).wait_for()
