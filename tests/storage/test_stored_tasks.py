"""Tasks with their labels, jobs and frames."""

import msgspec
import pytest

from labelwright.domain.errors import Invalid
from labelwright.domain.labels import AttributeSpec, LabelSpec, edit_labels
from labelwright.domain.tasks import FrameRow, MediaRequest, TaskFilter
from labelwright.domain.users import Person
from labelwright.storage import frames, labels, tasks


def _list(database, ordering=(), offset=0, limit=None, **wanted):
    with database.read() as tx:
        count, found = tasks.list_tasks(
            tx, TaskFilter(**wanted), ordering=ordering, offset=offset, limit=limit
        )
    return count, [task.name for task in found]


def test_a_task_is_read_with_all_that_belongs_to_it(database, add_user, add_task):
    ada = add_user("ada", first_name="Ada")
    made = add_task("street", owner_id=ada.id, overlap=2, segment_size=5, subset="Train", folder="/photos")
    with database.write() as tx:
        media_id = frames.insert_media(
            tx, made.id, MediaRequest(image_quality=60, uploads=("k",), client_files=("喵",))
        )
        task = tasks.read_task(tx, made.id)
        assert tasks.find_folder_task(tx, "/photos") == task
        assert frames.read_media_request(tx, made.id).client_files == ("喵",)
    assert (task.name, task.overlap, task.segment_size, task.subset) == ("street", 2, 5, "Train")
    assert (task.owner, task.assignee) == (Person(ada.id, "ada", "Ada", ""), None)
    assert [(job.first_frame, job.last_frame, job.revision) for job in task.jobs] == [(0, 4, 0), (5, 9, 0)]
    assert (task.media.id, task.media.image_quality, task.media.size) == (media_id, 60, 0)
    assert [label.name for label in task.labels] == ["car", "人"]
    assert [attribute.name for attribute in task.labels[0].attributes] == ["colour"]


def test_a_deleted_account_leaves_its_tasks(database, add_user, add_task):
    made = add_task(owner_id=add_user().id)
    with database.write() as tx:
        tx.connection.exec_driver_sql("DELETE FROM users")
        assert tasks.read_task(tx, made.id).owner is None


def test_unknown_tasks_and_jobs_are_none(database):
    with database.read() as tx:
        assert tasks.read_task(tx, 99) is tasks.read_job(tx, 99) is tasks.find_folder_task(tx, "/x") is None
        assert tasks.read_task_people(tx, 99, reduce_visibility=False) is None


def test_labels_may_swap_their_names_and_gain_attributes(database, add_task):
    made = add_task()
    car, person = made.labels
    size = AttributeSpec(name="size", mutable=True, input_type="select", values=["S", "L"], default_value="S")
    edit = edit_labels(
        made.labels,
        [
            LabelSpec(id=car.id, name="人", attributes=[size]),
            LabelSpec(id=person.id, name="car"),
            LabelSpec(name="new"),
        ],
    )
    with database.write() as tx:
        labels.write_label_edit(tx, edit, task_id=made.id)
        found = labels.read_labels(tx, made.id)
    assert [(label.id, label.name) for label in found[:2]] == [(car.id, "人"), (person.id, "car")]
    assert [(each.name, each.values) for each in found[0].attributes] == [
        ("colour", ("",)),
        ("size", ("S", "L")),
    ]
    assert [label.attribute_revision for label in found] == [1, 0, 0]


def test_a_deleted_label_takes_its_attributes(database, add_task):
    made = add_task()
    with database.write() as tx:
        edit = edit_labels(made.labels, [LabelSpec(id=made.labels[0].id, deleted=True)])
        labels.write_label_edit(tx, edit, task_id=made.id)
        assert [label.name for label in labels.read_labels(tx, made.id)] == ["人"]
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM attributes").scalar() == 0


def test_frames_are_read_in_order_and_in_part(database, add_task):
    rows = [FrameRow(n, 10 * n, f"喵\\{n}\t.jpg", 4, 3, f"blob:{n}") for n in range(5)]
    with database.write() as tx:
        media_id = frames.insert_media(tx, add_task_in(tx), MediaRequest())
        frames.write_frames(tx, media_id, rows[::-1], replace=False)
        assert frames.read_frames(tx, media_id) == rows
        assert frames.read_frames(tx, media_id, first=1, last=3) == rows[1:4]
        frames.write_frames(tx, media_id, rows[:1], replace=True)
        assert frames.read_frames(tx, media_id) == rows[:1]
        frames.update_media(tx, media_id, size=1, chunk_size=36)


def add_task_in(tx):
    return tasks.insert_task(
        tx, name="t", owner_id=None, assignee_id=None, bug_tracker="", subset="", overlap=None, segment_size=0,
        now_utc="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "asked", "is_found"),
    [
        pytest.param("Street", "sTREE", True, id="ASCII in any case"),
        pytest.param("街道 7", "道", True, id="Chinese"),
        pytest.param("ÄPFEL", "äpf", True, id="umlauts in any case"),
        pytest.param("ΣΙΓΜΑ", "σιγ", True, id="Greek in any case"),
        pytest.param("100%_a", "%_", True, id="signs of LIKE are letters"),
        pytest.param("100", "1_0", False, id="signs of LIKE stand for nothing else"),
        pytest.param("a/b", "/B", True, id="the escape sign"),
        pytest.param("STRASSE", "straße", False, id="a sharp s is no double s"),
    ],
)
def test_tasks_are_found_by_part_of_a_name_alike_on_both_databases(database, add_task, name, asked, is_found):
    add_task(name)
    add_task("else")
    assert _list(database, name=asked) == ((1, [name]) if is_found else (0, []))
    assert _list(database, words=(asked,)) == ((1, [name]) if is_found else (0, []))


def test_a_search_for_nul_is_refused_alike_on_both_databases(database):
    for wanted in ({"name": "a\x00"}, {"words": ("a\x00",)}):
        with pytest.raises(Invalid, match="NUL"):
            _list(database, **wanted)


def test_tasks_are_ordered_alike_on_both_databases(database, add_user, add_task):
    ada = add_user("ada")
    for name, owner_id in [("b", ada.id), ("B", None), ("a", None), ("Ä", ada.id), ("街", None), ("_", None)]:
        add_task(name, owner_id=owner_id)
    assert _list(database, ["name"]) == (6, ["B", "_", "a", "b", "Ä", "街"])
    assert _list(database, ["-name"])[1] == ["街", "Ä", "b", "a", "_", "B"]
    assert _list(database, ["owner", "id"])[1] == ["b", "Ä", "B", "a", "街", "_"]
    assert _list(database, ["-owner", "id"])[1] == ["B", "a", "街", "_", "b", "Ä"]
    assert _list(database, ["nonsense"])[1] == _list(database, ["-id"])[1] == ["_", "街", "Ä", "a", "B", "b"]


def test_pages_of_tasks_of_one_name_do_not_overlap(database, add_task):
    made = [add_task("same").id for _ in range(7)]
    with database.read() as tx:
        pages = [
            tasks.list_tasks(tx, TaskFilter(), ordering=["name"], offset=n, limit=2) for n in (0, 2, 4, 6)
        ]
    assert {count for count, _ in pages} == {7}
    assert [task.id for _, page in pages for task in page] == made[::-1]


def test_people_see_tasks_by_what_they_are_to_them(database, add_user, add_task):
    ada, bob = add_user("ada"), add_user("bob")
    add_task("owned", owner_id=ada.id, assignee_id=bob.id)
    add_task("assigned", assignee_id=ada.id)
    add_task("free", owner_id=bob.id)
    reviewed = add_task("reviewed", assignee_id=bob.id)
    add_task("other", assignee_id=bob.id)
    with database.write() as tx:
        tasks.update_job(tx, reviewed.jobs[1], reviewer_id=ada.id)
    seen = ["owned", "assigned", "free", "reviewed"]
    assert _list(database, ["id"], visible_to=ada.id) == (4, seen)
    assert _list(database, ["id"], visible_to=ada.id, unassigned_visible=False)[1] == [
        "owned",
        "assigned",
        "reviewed",
    ]
    assert _list(database, ["id"], owner="AD", visible_to=ada.id) == (1, ["owned"])
    assert _list(database, ["id"], assignee="bob", words=("o", "ADA")) == (1, ["owned"])


def test_a_task_changes_column_by_column(database, add_task):
    made = add_task()
    with database.write() as tx:
        before = tasks.read_task(tx, made.id)
        tasks.update_task(tx, made.id, name="lane", status="completed")
        after = tasks.read_task(tx, made.id)
        assert after == msgspec.structs.replace(before, name="lane", status="completed")
        assert tasks.raise_revision(tx, made.jobs[0], by=2) == 2
        assert [job.revision for job in tasks.list_jobs(tx, made.id)] == [2, 0]
        tasks.delete_jobs(tx, made.id)
        assert tasks.list_jobs(tx, made.id) == []


def test_tasks_are_found_by_their_subset_alone(database, add_task):
    for name, subset in (("one", "Train"), ("two", "train"), ("three", "Train more"), ("four", "")):
        add_task(name, subset=subset)
    assert _list(database, subset="Train") == (1, ["one"])
    assert _list(database, subset="")[0] == 4


@pytest.mark.parametrize(
    ("order", "found"), [("updated_date", ["two", "one"]), ("-updated_date", ["one", "two"])]
)
def test_tasks_are_ordered_by_their_last_change(database, add_task, order, found):
    one, two = add_task("one"), add_task("two")
    with database.write() as tx:
        tasks.update_task(tx, one.id, updated_utc="2026-02-02T00:00:00.000000Z")
        tasks.update_task(tx, two.id, updated_utc="2026-01-01T00:00:00.000000Z")
    assert _list(database, [order]) == (2, found)
