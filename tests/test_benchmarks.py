"""The table of `make bench`: what the READMEs show of it."""

import importlib.util
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
MACHINE = ("2 cores", "2 核")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_table", ROOT / "benchmarks" / "table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "bench_table", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("language", "name"), [("en", "save"), ("zh", "保存")])
def test_a_figure_that_is_not_reached_is_marked_in_both_languages(table, language, name):
    row = table.Row(
        what=("save", "保存"), wanted="< 1 s", measured="2 s", floor="0.1 s", cvat="9 s", is_reached=False
    )
    text = table.render([row], language, machine=MACHINE, day=date(2026, 11, 22))
    assert f"| {name} | < 1 s | **2 s** ✗ | 0.1 s | 9 s |" in text
    assert "2026-11-22" in text


def test_a_figure_is_shown_with_its_least_and_most(table):
    assert table.spread([0.9, 0.8, 1.0]) == "0.90 s (0.80–1.00)"


def test_a_new_table_takes_the_place_of_the_old_one(table):
    text = "before\n<!-- bench:start -->\nold\n<!-- bench:end -->\nafter\n"
    assert table.replaced(text, "new") == "before\n<!-- bench:start -->\nnew\n<!-- bench:end -->\nafter\n"


def test_a_text_without_marks_is_refused(table):
    with pytest.raises(ValueError, match="found them 0 times"):
        table.replaced("no marks", "new")


def test_both_readmes_have_a_place_for_the_table(table):
    for name in table.READMES.values():
        table.replaced((ROOT / name).read_text("utf-8"), "new")
