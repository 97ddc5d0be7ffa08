"""The watch kept over every page: what must never happen is noticed."""

import pytest
from pictures import find_marker

FAULTS = {
    "an error on the console": ("console.error('a slip')", "console: a slip"),
    "an error nobody caught": ("void setTimeout(() => { throw new Error('a bug') })", "error: a bug"),
    "a breach of the policy": ("void new Worker('data:text/javascript,1')", "Content Security Policy"),
    "a request to another server": ("void fetch('http://localhost:9/').catch(() => 0)", "localhost:9"),
}


@pytest.mark.parametrize(("script", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_page_is_noticed(visit, script, fault):
    visited = visit()
    page = visited.go("/")
    page.evaluate(f"() => {{ {script} }}")
    noticed = visited.until(lambda: [noted for noted in visited.unexpected() if fault in noted])
    visited.expect("")
    assert noticed


def test_the_first_page_has_no_fault_and_asks_nobody_else(visit):
    visited = visit()
    visited.go("/").wait_for_load_state("networkidle")
    assert visited.unexpected() == []


@pytest.mark.parametrize("ratio", [1, 2])
def test_a_marker_is_found_on_a_screenshot(visit, ratio):
    page = visit(None, device_scale_factor=ratio).page
    place = "position:absolute; left:30px; top:40px; width:60px; height:60px; background:#f00"
    page.set_content(f"<body style='margin:0; background:teal'><div style='{place}'></div>")
    assert find_marker(page.screenshot(), ratio) == (30, 40, 90, 100)
