from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pytest

from labelwright.domain.errors import Cancelled
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.domain.times import utc_text
from labelwright.storage import Database
from labelwright.storage import operations as rows
from labelwright.workflows import KINDS, guarded, make_progress

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Bundle:
    database: Database

    def clock(self):
        return NOW


@pytest.fixture
def deps(sqlite_database):
    now = utc_text(NOW)
    operation = Operation(
        id="a", kind="media", key="media/9", task_id=None, user_id=None, state="queued", progress=0.0, message="",
        request={}, result=None, created_utc=now, updated_utc=now, collected=False,
    )  # fmt: skip
    with sqlite_database.write() as tx:
        rows.insert_operation(tx, operation)
    return Bundle(sqlite_database)


def _read(deps):
    with deps.database.read() as tx:
        return rows.read_operation(tx, "a")


def test_progress_is_written_a_few_times_a_second_at_most(deps):
    ticks = iter([0.0, 0.0, 0.1, 0.24, 0.3, 0.3])
    progress = make_progress(deps, "a", is_cancelled=lambda _: False, monotonic=lambda: next(ticks))
    seen = []
    for done in range(4):
        progress(done / 4, f"{done} of 4")
        seen.append(_read(deps).message)
    assert seen == ["0 of 4", "0 of 4", "0 of 4", "3 of 4"]


def test_progress_of_a_step_is_a_share_of_the_whole(deps):
    progress = make_progress(deps, "a", is_cancelled=lambda _: False, first=0.5, last=1.0)
    progress(0.5, "second of two steps")
    assert _read(deps).progress == 0.75


def test_progress_never_goes_back(deps):
    progress = make_progress(deps, "a", is_cancelled=lambda _: False, monotonic=count().__next__)
    seen = []
    for fraction in (0.2, 0.6, 0.1, 0.7):
        progress(fraction, Sentence("Reading images: {done} of {count}", done=fraction * 10, count=10))
        seen.append((_read(deps).progress, _read(deps).message.values["done"]))
    assert seen == [(0.2, 2.0), (0.6, 6.0), (0.6, 1.0), (0.7, 7.0)]


def test_progress_stops_what_was_cancelled_at_the_queue(deps):
    progress = make_progress(deps, "a", is_cancelled=lambda operation_id: operation_id == "a")
    with pytest.raises(Cancelled):
        progress(0.5, "half")


def test_progress_stops_what_was_cancelled_in_the_table(deps):
    with deps.database.write() as tx:
        rows.cancel(tx, "a", now_utc=utc_text(NOW))
    with pytest.raises(Cancelled):
        make_progress(deps, "a", is_cancelled=lambda _: False)(0.5, "half")


def test_an_error_of_guarded_work_is_told_and_goes_no_further(capsys):
    assert not guarded(lambda: int("one"))
    assert "ValueError" in capsys.readouterr().err
    assert guarded(lambda: None)


def test_every_kind_of_operation_has_steps():
    assert {kind: [step.name for step in steps] for kind, steps in KINDS.items()} == {
        "media": ["read", "import"],
        "export": ["run"],
        "import": ["run"],
        "connect": ["run"],
        "push": ["export", "push"],
        "publish": ["write", "release"],
        "crop": ["run"],
        "hash": ["run"],
    }
