"""Coming in and going out: name and password, the one-time address, languages and themes."""

import pytest
from entrance import sign_in
from texts import text

LOCALES = ["en-US", "zh-CN"]


@pytest.fixture
def stranger(visit):
    """A browser that nobody has signed in with, in a language."""

    def come(locale="en-US", path="/", **options):
        visited = visit(None, locale=locale, **options)
        visited.expect("status of 40[01]")
        visited.go(path)
        return visited

    return come


@pytest.mark.parametrize("locale", LOCALES)
def test_one_signs_in_and_comes_where_one_wanted(stranger, make_task, locale):
    task = make_task(1)
    page = stranger(locale, f"/tasks/{task['id']}").page
    sign_in(page, locale=locale)
    page.wait_for_url(f"**/tasks/{task['id']}")
    assert page.locator("html").get_attribute("lang") == locale


@pytest.mark.parametrize("locale", LOCALES)
def test_a_wrong_password_is_told_in_ones_language(stranger, locale):
    page = stranger(locale).page
    sign_in(page, "not this one", locale=locale)
    said = page.get_by_role("alert").filter(has_text="r" if locale == "en-US" else "密码").first
    said.wait_for()
    assert said.inner_text() != ""
    assert any("一" <= letter <= "鿿" for letter in said.inner_text()) == (locale == "zh-CN")


def test_nothing_typed_is_told(stranger):
    page = stranger().page
    page.get_by_role("button", name=text("sign-in"), exact=True).click()
    page.get_by_text(text("sign-in.both")).wait_for()


def test_signing_out_leaves_nothing_to_see(stranger):
    # Not as root: who signs out loses the token that the other tests ask with, too.
    page = stranger(path="/tasks").page
    sign_in(page, name="lead")
    page.get_by_role("button", name=text("user-menu", name="lead")).click()
    page.get_by_role("menuitem", name=text("sign-out")).click()
    page.get_by_label(text("username")).wait_for()
    page.go_back()
    page.get_by_label(text("username")).wait_for()


def test_the_language_can_be_changed_and_is_kept(visit):
    page = visit().go("/tasks")
    page.get_by_role("button", name=text("user-menu", name="root")).click()
    page.get_by_role("menuitemradio", name="简体中文").click()
    page.get_by_role("heading", name=text("tasks", "zh-CN")).wait_for()
    page.reload()
    page.get_by_role("heading", name=text("tasks", "zh-CN")).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system(visit, scheme):
    page = visit(color_scheme=scheme).go("/tasks")
    page.get_by_role("heading", name=text("tasks")).wait_for()
    shade = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number)")
    assert (sum(shade[:3]) / 3 > (128 if max(shade[:3]) > 1 else 0.5)) == (scheme == "light")


def test_an_address_that_is_no_page_says_so(visit):
    page = visit().go("/no/such/page")
    page.get_by_role("heading", name=text("not-found.title")).wait_for()
