"""Layers: a job's annotations replaced all at once, and none of them lost."""

import pytest
from sqlalchemy import text

from labelwright.domain.annotations import Doc
from labelwright.domain.errors import NotFound
from labelwright.domain.labels import AttributeRules
from labelwright.storage import annotations as storage
from labelwright.storage import layers, tasks

RULES = {1: AttributeRules(frozenset(), ())}


def _docs(*ids):
    return [Doc(each, 0, 1, "rectangle", f'{{"id":{each}}}') for each in ids]


def _shown(tx, job):
    return storage.read_docs(tx, "shapes", job, rules=RULES)


def _stage(tx, job, *ids, operation="import"):
    key = layers.begin_layer(tx, job, operation_id=operation)
    storage.write_rows(tx, "shapes", _docs(*ids), key=key, revision=0, rules=RULES)
    return key


def _repeat(step, *values):
    while step(*values):
        pass


@pytest.fixture
def made(add_task):
    return add_task()


@pytest.fixture
def tx(database, made):
    with database.write() as tx:
        yield tx


@pytest.fixture
def job(tx, made):
    """A job at revision 1 that shows the shapes 1 and 2."""
    job = made.jobs[0]
    storage.write_docs(
        tx, "shapes", _docs(1, 2), job_id=job, revision=tasks.raise_revision(tx, job), rules=RULES
    )
    return job


def test_a_layer_is_unseen_until_it_is_shown(tx, job):
    key = _stage(tx, job, 3, 4)
    assert _shown(tx, job) == ['{"id":1}', '{"id":2}']
    layers.show_layer(tx, job, key, revision=3)
    assert _shown(tx, job) == ['{"id":3}', '{"id":4}']
    assert storage.known_ids(tx, "shapes", job, [1, 3]) == {3}


def test_saves_go_to_the_layer_that_is_shown(tx, job):
    layers.show_layer(tx, job, _stage(tx, job, 3), revision=3)
    storage.write_docs(tx, "shapes", _docs(5), job_id=job, revision=4, rules=RULES)
    assert storage.end_docs(tx, "shapes", job, revision=5, ids=[3]) == 1
    assert _shown(tx, job) == ['{"id":5}']


def test_history_tells_when_each_shape_came_and_went(tx, job):
    layers.show_layer(tx, job, _stage(tx, job, 3), revision=3)
    layers.show_layer(tx, job, _stage(tx, job, 4), revision=5)
    _repeat(layers.move_ended, tx)
    query = text("SELECT id, job_id, revision, ended_revision FROM shapes_history ORDER BY id")
    assert [tuple(row) for row in tx.connection.execute(query)] == [
        (1, job, 1, 2),
        (2, job, 1, 2),
        (3, job, 3, 4),
    ]
    assert _shown(tx, job) == ['{"id":4}']


def test_only_what_an_operation_never_showed_is_dropped(tx, job):
    layers.show_layer(tx, job, _stage(tx, job, 3), revision=3)
    dropped, other = _stage(tx, job, 4), _stage(tx, job, 5, operation="another")
    _repeat(layers.drop_unseen, tx, "import")
    assert _shown(tx, job) == ['{"id":3}']
    layers.hold_layer(tx, other)
    with pytest.raises(NotFound, match="meanwhile"):
        layers.show_layer(tx, job, dropped, revision=5)


def test_a_deleted_task_takes_every_layer_with_it(tx, made, job):
    layers.show_layer(tx, job, _stage(tx, job, 3), revision=3)
    _stage(tx, job, 4)
    storage.delete_of_task(tx, made.id)
    counts = [
        tx.connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in ("shapes", "layers")
    ]
    assert counts == [0, 0]
