"""Annotations as rows: written in bulk, read as text, their past kept."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from labelwright.domain.annotations import Annotations, Doc
from labelwright.domain.labels import AttributeRules, AttributeSpec, LabelSpec, attribute_rules, edit_labels
from labelwright.domain.shapes import AttributeValue, Shape, Tag
from labelwright.services.annotations import write_part
from labelwright.storage import annotations as storage
from labelwright.storage import labels, tasks

BARE = {1: AttributeRules(frozenset(), ()), 2: AttributeRules(frozenset(), ())}


def _docs(first, frames, *, label_id=1):
    return [
        Doc(first + n, frame, label_id, "rectangle", f'{{"id":{first + n}}}')
        for n, frame in enumerate(frames)
    ]


def _write(tx, docs, *, job_id=1, series="shapes", revision=1):
    storage.write_docs(tx, series, docs, job_id=job_id, revision=revision, rules=BARE)


def _read(tx, *, job_id=1, series="shapes", **frames):
    return [
        msgspec.json.decode(doc)["id"] for doc in storage.read_docs(tx, series, job_id, rules=BARE, **frames)
    ]


@pytest.fixture
def tx(database):
    with database.write() as tx:
        yield tx


@pytest.mark.parametrize("series", ["tags", "shapes"])
def test_annotations_are_read_by_frame_then_id(tx, series):
    _write(tx, _docs(1, [5, 0, 5, 2]), series=series)
    _write(tx, _docs(9, [0]), job_id=2, series=series)
    assert _read(tx, series=series) == [2, 4, 1, 3]
    assert _read(tx, series=series, first=2, last=4) == [4]


def test_only_ids_of_the_job_are_known(tx):
    _write(tx, _docs(1, [0, 0]))
    _write(tx, _docs(3, [0]), job_id=2)
    assert storage.known_ids(tx, "shapes", 1, [1, 3, 2**53]) == {1}
    assert storage.known_ids(tx, "shapes", 1, []) == set()
    assert storage.known_ids(tx, "tags", 1, [1]) == set()


def test_ending_ids_moves_those_of_the_job_alone(tx):
    _write(tx, _docs(1, [0, 1, 2]))
    _write(tx, _docs(4, [0]), job_id=2)
    assert storage.end_docs(tx, "shapes", 1, revision=2, ids=[3, 4, 3, 99]) == 1
    assert (_read(tx), _read(tx, job_id=2)) == ([1, 2], [4])
    assert storage.end_docs(tx, "shapes", 1, revision=3) == 2
    history = tx.connection.execute(
        text("SELECT id, revision, ended_revision FROM shapes_history ORDER BY id")
    )
    assert [tuple(row) for row in history] == [(1, 1, 3), (2, 1, 3), (3, 1, 2)]


def test_ending_a_label_moves_its_objects_alone(tx):
    _write(tx, [*_docs(1, [0, 1]), *_docs(3, [0], label_id=2)])
    assert storage.end_label(tx, "shapes", 1, label_ids=[2, 7], revision=2) == 1
    assert _read(tx) == [1, 2]


def test_deleting_a_task_takes_its_annotations_and_their_past(database, add_task):
    mine, other = add_task(), add_task("other")
    with database.write() as tx:
        for number, job in enumerate([*mine.jobs, *other.jobs]):
            _write(tx, _docs(10 * number, [0, 1]), job_id=job)
            storage.end_docs(tx, "shapes", job, revision=2, ids=[10 * number])
        storage.delete_of_task(tx, mine.id)
        for table in ("shapes", "shapes_history"):
            assert tx.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 2


def test_blocks_of_ids_never_overlap(hammer):
    blocks = sorted(hammer("ids", processes=2, threads=4, seconds=1.5))
    assert len(blocks) > 20
    assert all(first + count == after for (first, count), (after, _) in pairwise(blocks))


def test_ids_are_not_used_again_after_everything_is_deleted(database):
    for expected in (1, 4):
        with database.write() as tx:
            first = storage.take_ids(tx, "shapes", 3)
            _write(tx, _docs(first, [0, 0, 0]))
            storage.end_docs(tx, "shapes", 1, revision=2)
            storage.delete_of_task(tx, 1)
        assert first == expected


def test_ids_of_tasks_jobs_and_labels_are_not_used_again(database, add_task):
    before = add_task()
    with database.write() as tx:
        tasks.delete_task(tx, before.id)
    after = add_task()
    assert (after.id, min(after.jobs), after.labels[0].id) > (
        before.id,
        max(before.jobs),
        before.labels[1].id,
    )


def test_a_row_is_filled_again_when_its_label_has_more_to_say(database, add_task):
    made = add_task()
    job, label = made.jobs[0], made.labels[0]
    with database.write() as tx:
        old = {label.id: attribute_rules(label)}
        doc = _encoded(label.id, [AttributeValue(label.attributes[0].id, "red")])
        storage.write_docs(
            tx, "shapes", [Doc(1, 0, label.id, "rectangle", doc)], job_id=job, revision=1, rules=old
        )
        added = AttributeSpec(name="doors", mutable=False, input_type="text", default_value="4")
        edit = edit_labels(made.labels, [LabelSpec(id=label.id, attributes=[added])])
        labels.write_label_edit(tx, edit, task_id=made.id)
        new = {each.id: attribute_rules(each) for each in labels.read_labels(tx, made.id)}
        (shown,) = storage.read_docs(tx, "shapes", job, rules=new)
        walked = list(storage.walk_docs(tx, "shapes", job, rules=new))
    assert [each["value"] for each in msgspec.json.decode(shown)["attributes"]] == ["red", "4"]
    assert walked == [[shown]]


def _encoded(label_id, attributes):
    shape = Shape(type="rectangle", occluded=False, points=[0, 0, 1, 1], id=1, frame=0, label_id=label_id,
                  group=0, attributes=attributes)  # fmt: skip
    return msgspec.json.encode(shape).decode()


@pytest.mark.parametrize(
    "value", ["\x00", "\\N", "\\.", "a\tb\\c\nd", "🐈 喵 \u2028", '"}]'],
    ids=["NUL", "null of COPY", "end of COPY", "white", "emoji", "JSON"],
)  # fmt: skip
def test_attribute_values_come_back_as_they_went_in(tx, value):
    doc = _encoded(1, [AttributeValue(1, value)])
    _write(tx, [Doc(1, 0, 1, "rectangle", doc)])
    (read,) = storage.read_docs(tx, "shapes", 1, rules=BARE)
    assert msgspec.json.decode(read)["attributes"][0]["value"] == value


def test_a_hundred_thousand_rows_come_back_in_order(tx):
    frames = [n * 7919 % 1000 for n in range(100_000)]
    _write(tx, _docs(1, frames))
    expected = sorted(range(1, 100_001), key=lambda item_id: (frames[item_id - 1], item_id))
    assert _read(tx) == expected
    batches = [len(docs) for docs in storage.walk_docs(tx, "shapes", 1, rules=BARE)]
    assert sum(batches) == 100_000
    assert max(batches) <= 10_000
    assert storage.end_docs(tx, "shapes", 1, revision=2, ids=expected[:50_000]) == 50_000
    assert storage.end_docs(tx, "shapes", 1, revision=2) == 50_000


# What the annotations were at any revision: rows that stand, and those of the past


def _tag(value, item_id=None):
    return Tag(id=item_id, frame=value % 5, label_id=1, group=value, attributes=[])


def _state_at(tx, job, revision):
    """The tags of the job as they were at `revision`: id to group."""
    query = (
        "SELECT id, doc FROM tags WHERE job_id = :job AND revision <= :at UNION ALL "
        "SELECT id, doc FROM tags_history WHERE job_id = :job AND revision <= :at AND ended_revision > :at"
    )
    rows = tx.connection.execute(text(query), {"job": job, "at": revision}).all()
    found = {item_id: msgspec.json.decode(doc)["group"] for item_id, doc in rows}
    assert len(found) == len(rows)
    return found


def _apply(model, action, sent, saved):
    """Do to the model, id to group, what `action` does to a job."""
    if action == "delete":
        return {
            item_id: group for item_id, group in model.items() if item_id not in {each.id for each in sent}
        }
    return ({} if action == "replace" else model) | {each.id: each.group for each in saved}


CHANGE = st.tuples(
    st.sampled_from(["create", "update", "delete", "replace"]),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 999)), max_size=5, unique_by=lambda each: each[0]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(CHANGE, max_size=8))
def test_every_revision_can_be_shown_again(database, add_task, changes):
    made = add_task()
    job = _job(database, made.jobs[0])
    model, past = {}, [{}]
    for action, picks in changes:
        known = sorted(model)
        items = [
            _tag(
                group, known[pick % len(known)] if known and pick % 3 else None if pick % 2 else 10**9 + pick
            )
            for pick, group in picks
        ]
        items = list({each.id or -n: each for n, each in enumerate(items, 1)}.values())
        before = Annotations(version=0, tags=items, shapes=[])
        sent = [msgspec.structs.replace(each) for each in items]
        with database.write() as tx:
            revision = tasks.raise_revision(tx, job.id)
            write_part(tx, job, before, action=action, revision=revision, rules=BARE)
        model = _apply(model, action, sent, before.tags)
        past.append(model)
    with database.read() as tx:
        assert [_state_at(tx, job.id, revision) for revision in range(len(past))] == past
        assert sorted(_read(tx, job_id=job.id, series="tags")) == sorted(model)


def _job(database, job_id):
    with database.read() as tx:
        return tasks.read_job(tx, job_id)
