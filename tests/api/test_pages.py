"""The pages a browser loads, over real HTTP from the built web app."""

import re
from dataclasses import replace

import httpx
import pytest
from live import serve

from labelwright.api import pages
from labelwright.services import accounts


@pytest.fixture
def browser(live):
    with httpx.Client(base_url=live.url) as client:
        yield client


def test_scripts_and_styles_come_as_what_they_are_since_nosniff_allows_nothing_else(browser):
    page = browser.get("/").text
    addresses = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    types = {address.rsplit(".", 1)[1]: browser.get(address).headers["content-type"] for address in addresses}
    assert types.keys() >= {"js", "css", "svg"}
    assert types["js"].startswith("text/javascript")
    assert types["css"].startswith("text/css")
    assert types["svg"].startswith("image/svg+xml")


def test_built_files_travel_packed_to_those_who_can_unpack_them(browser):
    address = re.search(r'src="(/assets/[^"]+[.]js)"', browser.get("/").text)[1]
    packed = browser.get(address, headers={"Accept-Encoding": "gzip"})
    plain = browser.get(address, headers={"Accept-Encoding": "identity"})
    assert (packed.headers.get("content-encoding"), plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert "Accept-Encoding" in packed.headers["vary"]


@pytest.mark.parametrize("path", ["/", "/tasks/1", "/tasks/1/jobs/2", "/annotations", "/annotations/tasks/1"])
def test_every_page_of_the_app_is_the_app(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200
    assert '<div id="app">' in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/assets/none.js", "/api/none", "/api/v1/none", "/.built-from", "/..%2fcli.py", "/%00"]
)
def test_nothing_else_is_served(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404 or '<div id="app">' in answer.text


def test_the_page_bears_the_names_of_the_settings_and_no_markup_of_theirs(live, browser):
    names = {"product_name": 'Box "<er>', "product_name_zh": "画框"}
    before = {name: getattr(live.deps, name) for name in names}
    for name, value in names.items():
        object.__setattr__(live.deps, name, value)
    try:
        page = browser.get("/").text
    finally:
        for name, value in before.items():
            object.__setattr__(live.deps, name, value)
    assert 'content="Box &quot;&lt;er&gt;" data-zh="画框"' in page
    assert "<title>Box &quot;&lt;er&gt;</title>" in page


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param("", "/", id="nowhere in particular"),
        pytest.param("/tasks/3?frame=2", "/tasks/3?frame=2", id="a page of ours"),
        pytest.param("//evil.example/x", "/", id="another server, without a scheme"),
        pytest.param("/\\evil.example", "/", id="another server, as old browsers read it"),
        pytest.param("https://evil.example", "/", id="another server"),
    ],
)
def test_a_one_time_address_signs_in_and_leads_to_our_own_pages_only(live, browser, wanted, expected):
    secret = accounts.make_sign_in_link(live.deps, username="root")
    answer = browser.get("/sign-in", params={"token": secret, "next": wanted})
    assert (answer.status_code, answer.headers["location"]) == (303, expected)
    assert browser.get("/api/v1/users/self").json()["username"] == "root"


def test_a_used_address_says_so_in_both_languages(live, browser):
    secret = accounts.make_sign_in_link(live.deps, username="root")
    browser.get("/sign-in", params={"token": secret})
    answer = browser.get("/sign-in", params={"token": secret})
    assert answer.status_code == 400
    assert "already used" in answer.text
    assert "已使用过" in answer.text
    assert "<code>labelwright up</code>" in answer.text
    assert '<a href="/">' in answer.text


def test_tests_alone_are_shown_what_the_page_holds(live, browser):
    assert "data-test" not in browser.get("/").text
    with serve(replace(live.deps, test_mode=True)) as url:
        assert 'content="Labelwright" data-zh="标匠" data-mount="" data-test="true"' in httpx.get(url).text


def test_without_the_built_app_the_page_says_so_in_both_languages(browser, monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "STATIC", tmp_path)
    answer = browser.get("/tasks/1")
    assert answer.status_code == 503
    assert "The web app is not built: run <code>make up</code>" in answer.text
    assert '<p lang="zh-CN">网页应用尚未构建：请运行 <code>make up</code>' in answer.text
