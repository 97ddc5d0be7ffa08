"""Transactions on SQLite and PostgreSQL: whole or not at all, one after the other, nobody refused."""

import subprocess
import sys
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from labelwright.domain.errors import Conflict, Invalid, NotFound
from labelwright.storage import Database, labels, tasks
from labelwright.storage.tables import metadata


def _value(tx, query, **values):
    return tx.connection.execute(text(query), values).scalar()


def _rows(database):
    with database.read() as tx:
        return {name: _value(tx, f'SELECT count(*) FROM "{name}"') for name in metadata.tables}


def test_sqlite_keeps_every_commit_through_a_power_cut(sqlite_database):
    for transaction in (sqlite_database.read, sqlite_database.write):
        with transaction() as tx:
            asked = {
                name: _value(tx, f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "foreign_keys")
            }
        assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_sqlite_keeps_less_when_a_person_chose_so(sqlite_url):
    database = Database(sqlite_url, sqlite_synchronous="NORMAL")
    with database.write() as tx:
        assert _value(tx, "PRAGMA synchronous") == 1
    database.close()


def test_postgresql_keeps_every_commit_through_a_power_cut(postgres_url):
    database = Database(postgres_url)
    with database.write() as tx:
        assert _value(tx, "SHOW synchronous_commit") == "on"
    database.close()


def test_a_transaction_that_raises_leaves_nothing(database, add_task):
    made = add_task()
    before = _rows(database)

    def fail():
        with database.write() as tx:
            tx.insert_rows("id_series", ("name", "next_id"), [("x", 5)])
            tasks.raise_revision(tx, made.jobs[0])
            tasks.delete_task(tx, made.id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _rows(database) == before


def test_a_write_sees_what_the_one_before_it_left_and_is_not_stuck_by_a_failure(database):
    with pytest.raises(IntegrityError), database.write() as tx:
        _value(tx, "INSERT INTO attributes (label_id, name) VALUES (77, 'x') RETURNING id")
    with database.write() as tx:
        tx.insert_rows("id_series", ("name", "next_id"), [("x", 5)])
    with database.write() as tx:
        assert _value(tx, "SELECT next_id FROM id_series WHERE name = 'x'") == 5


def test_a_read_sees_one_moment(database, add_task):
    job = add_task().jobs[0]
    with database.read() as reader:
        before = tasks.read_job(reader, job)
        with database.write() as writer:
            tasks.raise_revision(writer, job)
        assert tasks.read_job(reader, job) == before
    with database.read() as reader:
        assert tasks.read_job(reader, job).revision == 1


def test_readers_do_not_wait_for_a_writer(database, add_task):
    job = add_task().jobs[0]
    with database.write() as writer:
        tasks.raise_revision(writer, job)
        with database.read() as reader:
            assert tasks.read_job(reader, job).revision == 0


def test_writers_of_two_processes_wait_for_each_other_and_lose_nothing(database, add_task, hammer):
    assert add_task().jobs[0] == 1
    saved = hammer("save", processes=2, threads=3, seconds=3)
    with database.read() as tx:
        kept = [tuple(row) for row in tx.connection.execute(text("SELECT revision, id FROM shapes"))]
        assert sorted(kept) == sorted(map(tuple, saved))
        assert tasks.read_job(tx, 1).revision == len(saved) // 3 == len({revision for revision, _ in saved})


def test_many_processes_may_open_a_new_sqlite_file_at_once(tmp_path):
    script = (
        "import sys; from labelwright.storage import Database; Database(sys.argv[1]).engine.connect().close()"
    )
    url = f"sqlite:///{tmp_path / 'new.db'}"
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen([sys.executable, "-c", script, url], stderr=pipe, text=True) for _ in range(6)
    ]
    assert [process.communicate()[1] for process in started] == [""] * 6


def test_a_save_and_an_edit_of_the_whole_task_do_not_wait_for_each_other(database, add_task):
    """The save holds its job and wants the task; the edit wants all. Taken in another order, both would stand still."""
    made = add_task()
    saving, done = threading.Event(), []

    def edit():
        saving.wait()
        with database.write() as tx:
            tasks.lock_task(tx, made.id)
            done.append(tasks.raise_revision(tx, made.jobs[1]))

    thread = threading.Thread(target=edit)
    thread.start()
    with database.write() as tx:
        tasks.raise_revision(tx, made.jobs[1])
        saving.set()
        thread.join(0.3)
        tasks.update_task(tx, made.id, name="saved")
    thread.join(5)
    assert done == [2]


def test_of_two_that_wait_for_each_other_one_gives_way_and_is_told(postgres_url):
    database = Database(postgres_url)
    with database.write() as tx:
        tx.insert_rows("id_series", ("name", "next_id"), [("a", 1), ("b", 1)])
    meeting, outcomes = threading.Barrier(2), []

    def hold(first, second):
        try:
            with database.write() as tx:
                for name in (first, second):
                    _value(tx, "UPDATE id_series SET next_id = 2 WHERE name = :name RETURNING 1", name=name)
                    if name == first:
                        meeting.wait(10)
            outcomes.append("saved")
        except Conflict as error:
            outcomes.append(error.message)

    threads = [threading.Thread(target=hold, args=names) for names in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    database.close()
    assert sorted(outcomes) == ["saved", next(each for each in outcomes if "gave way" in each)]


@pytest.mark.parametrize(
    "name", ["喵", "🐈‍⬛", "a\\b\tc\nd\r", "\\N", "\\.", "'\";--", "\u2028\ufeff", "x" * 100_000],
    ids=["Chinese", "emoji", "white", "null of COPY", "end of COPY", "quotes", "odd spaces", "long"],
)  # fmt: skip
def test_texts_come_back_as_they_went_in(database, name):
    with database.write() as tx:
        tx.insert_rows("id_series", ("name", "next_id"), [(name, 1)])
    with database.read() as tx:
        assert _value(tx, "SELECT name FROM id_series WHERE name = :name", name=name) == name


@pytest.mark.parametrize("in_bulk", [True, False], ids=["in bulk", "one by one"])
def test_half_a_surrogate_pair_is_refused_in_a_sentence(database, in_bulk):
    with pytest.raises(Invalid, match=r"'\\ud800', which is no character"), database.write() as tx:
        _store(tx, "a\ud800b", in_bulk)


@pytest.mark.parametrize("in_bulk", [True, False], ids=["in bulk", "one by one"])
def test_nul_which_postgresql_cannot_hold_is_refused_in_a_sentence(postgres_url, in_bulk):
    database = Database(postgres_url)
    with pytest.raises(Invalid, match="NUL character"), database.write() as tx:
        _store(tx, "a\x00b", in_bulk)
    database.close()


def _store(tx, name, in_bulk):
    if in_bulk:
        tx.insert_rows("id_series", ("name", "next_id"), [(name, 1)])
    else:
        _value(tx, "INSERT INTO id_series (name, next_id) VALUES (:name, 1) RETURNING name", name=name)


def test_deleting_a_task_deletes_what_refers_to_it(database, add_task):
    empty = _rows(database)
    made = add_task()
    with database.write() as tx:
        tasks.delete_task(tx, made.id)
        assert labels.read_labels(tx, made.id) == []
    assert _rows(database) == empty


def test_a_job_deleted_meanwhile_is_told_by_name(database):
    with pytest.raises(NotFound, match="job 99 was deleted"), database.write() as tx:
        tasks.raise_revision(tx, 99)
