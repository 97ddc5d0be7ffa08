"""Settings: what is read from the environment, and the page that lists them."""

from pathlib import Path

import pytest

from labelwright.cli.settings_page import settings_page
from labelwright.domain.errors import Invalid
from labelwright.settings import environment_of, read_settings

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"


def test_the_page_of_settings_is_current():
    command = "python -c 'from labelwright.cli.settings_page import *; print(settings_page(), end=\"\")'"
    assert PAGE.read_text(encoding="utf-8") == settings_page(), f"make it again: {command} > {PAGE.name}"


def test_a_child_process_gets_the_same_settings():
    settings = read_settings(
        {"LABELWRIGHT_REGISTER": "no", "LABELWRIGHT_SQLITE_SYNCHRONOUS": "extra"}, port=0, data="x"
    )
    assert read_settings(environment_of(settings)) == settings
    assert (settings.register, settings.sqlite_synchronous, settings.port) == (False, "EXTRA", 0)
    assert settings.data == Path.cwd() / "x"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        pytest.param({"LABELWRIGHT_REGISTER": "perhaps"}, "expected true or false", id="not a truth"),
        pytest.param({"LABELWRIGHT_PORT": "-1"}, "expected a whole number", id="not a number"),
        pytest.param({"LABELWRIGHT_PORT": "65536"}, "expected 0 to 65535", id="no port"),
        pytest.param(
            {"LABELWRIGHT_SQLITE_SYNCHRONOUS": "OFF"}, "one of NORMAL, FULL, EXTRA", id="not a choice"
        ),
        pytest.param({"LABELWRIGHT_DIALECT": "1999"}, "one of may-2021, platform, 2020", id="no dialect"),
        pytest.param(
            {"LABELWRIGHT_PLATFORM_DIALECT": "june-2021"},
            "LABELWRIGHT_PLATFORM_DIALECT is 'june-2021', expected one of may-2021, platform, 2020",
            id="no dialect of the platform",
        ),
        pytest.param(
            {"LABELWRIGHT_OPERATIONS_URL": "redis://x"}, "begins with 'redis'", id="no such database"
        ),
        pytest.param({"LABELWRIGHT_PUBLIC_URL": "labels.example.org"}, "an address such as", id="no address"),
        pytest.param({"LABELWRIGHT_PUBLIC_URL": "https://x/?y"}, "an address such as", id="a query"),
        pytest.param(
            {"LABELWRIGHT_SMTP_URL": "smtp://mail:25"}, "needs LABELWRIGHT_PUBLIC_URL", id="no way back"
        ),
        pytest.param(
            {"LABELWRIGHT_SMTP_URL": "http://mail"}, "no address of a mail server", id="no mail server"
        ),
        pytest.param({"LABELWRIGHT_NO_SUCH": ""}, "LABELWRIGHT_NO_SUCH is no setting", id="no setting"),
    ],
)
def test_a_value_that_will_not_do_is_named(environ, said):
    with pytest.raises(Invalid, match=said):
        read_settings(environ)
