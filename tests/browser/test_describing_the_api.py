"""Swagger UI in a browser: the API is shown, and can be tried by session and by token, on this server alone."""

import re

import pytest
from live import PASSWORD
from playwright.sync_api import expect


def operation(page, name):
    """The block of an operation, opened and ready to be tried."""
    block = page.locator(f"#operations-{name.partition('_')[0]}-{name}")
    block.locator(".opblock-summary-control").click()
    block.locator(".try-out__btn").click()
    return block


def tried(block):
    """The status the operation's request was answered with."""
    block.locator(".execute").click()
    return block.locator(".live-responses-table tbody .response-col_status").first


@pytest.mark.parametrize("mount", ["/api", "/annotations/api"])
def test_whoever_is_signed_in_tries_the_api_by_their_session(visit, mount):
    page = visit().go(f"{mount}/swagger/")
    expect(tried(operation(page, "tasks_list"))).to_have_text(re.compile("^200"))
    made = operation(page, "projects_create")
    made.locator("textarea").fill('{"name": "made by hand"}')
    expect(tried(made)).to_have_text(re.compile("^201"))


def test_the_api_is_tried_by_token_too(visit, live):
    shown = visit()
    page = shown.go("/api/swagger/")
    page.locator(".auth-wrapper .authorize").click()
    field = page.locator(".auth-container", has_text="Authorization").locator("input").first
    field.fill(f"Token {live.tokens['maker']}")
    page.locator(".auth-btn-wrapper .authorize").first.click()
    page.locator(".auth-btn-wrapper .btn-done").first.click()
    who = operation(page, "users_self")
    expect(tried(who)).to_have_text(re.compile("^200"))
    expect(who.locator(".live-responses-table .highlight-code").first).to_contain_text('"username": "maker"')


def test_a_stranger_signs_in_and_is_led_to_the_page_they_asked_for(visit):
    stranger = visit(None)
    stranger.expect(r"401 .*users/self")
    page = stranger.go("/api/swagger/")
    page.locator("input[autocomplete=username]").fill("root")
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#swagger .info .title")).to_contain_text("API v1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_swagger_ui_follows_the_theme(visit, scheme):
    page = visit(color_scheme=scheme).go("/api/swagger/")
    expect(page.locator("#operations-tasks-tasks_list")).to_be_visible()
    background = page.evaluate("getComputedStyle(document.querySelector('#swagger .info .title')).color")
    brightness = sum(map(int, re.findall(r"\d+", background)[:3]))
    assert (brightness > 380) == (scheme == "dark")


def test_the_guide_follows_the_language_and_theme_chosen_in_the_workbench(visit):
    page = visit(None).go("/documentation/user_guide.html")
    expect(page.locator("h1")).to_have_text("User guide")
    page.evaluate("localStorage['labelwright.locale'] = 'zh-CN'; localStorage['labelwright.theme'] = 'dark'")
    page.reload()
    expect(page.locator("h1")).to_have_text("用户指南")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.locator(".language").click()
    expect(page.locator("h1")).to_have_text("User guide")
    page.locator(".bar").get_by_text("XML format").click()
    expect(page.locator("h1")).to_have_text("XML format")
