"""The form that asks for name and password, on its page or over another."""

from live import PASSWORD
from playwright.sync_api import Locator, Page
from texts import text


def sign_in(
    place: Page | Locator, password: str = PASSWORD, name: str = "root", locale: str = "en-US"
) -> None:
    """Fill in the form at `place` and send it."""
    place.get_by_label(text("username", locale)).fill(name)
    place.get_by_label(text("password", locale)).fill(password)
    place.get_by_role("button", name=text("sign-in", locale), exact=True).click()
