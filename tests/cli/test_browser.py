"""When a browser is opened, and when the person would have none."""

import pytest

from labelwright.cli.browser import has_display


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({"DISPLAY": ":0"}, True, id="a desktop"),
        pytest.param({"WAYLAND_DISPLAY": "wayland-0"}, True, id="a desktop on Wayland"),
        pytest.param({}, False, id="no display"),
        pytest.param({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "1 2 3 4"}, False, id="over SSH"),
        pytest.param({"DISPLAY": ":0", "CI": "true"}, False, id="in CI"),
    ],
)
def test_a_browser_opens_only_before_a_person(environ, expected, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    assert has_display(environ) is expected
