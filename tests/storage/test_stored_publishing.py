import pytest

from labelwright.domain.frames import Segment
from labelwright.domain.tasks import MediaRequest, TaskFilter
from labelwright.storage import frames, publishing, tasks

NOW = "2026-11-22T10:00:00.000000Z"


@pytest.fixture
def add(database):
    """Add a task with media, of a dataset if one is named; returns its id."""

    def make(name, owner_id=None, **values):
        fields = {"assignee_id": None, "bug_tracker": "", "subset": "", "overlap": None}
        with database.write() as tx:
            task_id = tasks.insert_task(
                tx, name=name, segment_size=1, now_utc=NOW, owner_id=owner_id, **fields
            )
            tasks.insert_jobs(tx, task_id, [Segment(0, 0)])
            frames.insert_media(tx, task_id, MediaRequest())
            if values:
                tasks.update_task(tx, task_id, **values)
        return task_id

    return make


def test_published_tasks_are_listed_by_their_media_and_the_others_not(database, add, add_user):
    ada = add_user()
    of_a_dataset, of_a_folder, other = add("a", ada.id, dataset_id=7), add("b"), add("c")
    with database.write() as tx:
        assert publishing.list_published(tx, TaskFilter()) == []
        publishing.note_published(tx, of_a_folder, path="/x/b", now_utc=NOW)
        publishing.note_published(tx, of_a_dataset, path="/x/a", now_utc=NOW)
        publishing.note_published(tx, of_a_dataset, path="/x/a2", now_utc=NOW)
        found = publishing.list_published(tx, TaskFilter())
        assert [(each.name, each.path, each.dataset_id) for each in found] == [
            ("a", "/x/a2", 7),
            ("b", "/x/b", None),
        ]
        assert found[0].media_id < found[1].media_id
        mine = publishing.list_published(tx, TaskFilter(visible_to=ada.id, unassigned_visible=False))
        assert [each.name for each in mine] == ["a"]
        media = tasks.read_task(tx, of_a_dataset).media
        assert (media.published_path, media.published_utc) == ("/x/a2", NOW)
        assert tasks.read_task(tx, other).media.published_path is None


def test_a_tag_is_followed_only_from_the_one_that_was_seen(database, add):
    task_id = add("a", dataset_id=7, dataset_tag="3")
    with database.write() as tx:
        publishing.note_dataset_tag(tx, task_id, before="2", after="4")
        assert tasks.read_task(tx, task_id).dataset_tag == "3"
        publishing.note_dataset_tag(tx, task_id, before="3", after="4")
        found = tasks.read_task(tx, task_id)
        assert (found.dataset_tag, found.updated_utc) == ("4", NOW)
