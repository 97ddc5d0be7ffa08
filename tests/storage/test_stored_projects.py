"""Projects with their labels and tasks, on both databases."""

from labelwright.domain.access import ProjectPeople
from labelwright.domain.labels import LabelSpec, edit_labels
from labelwright.domain.projects import ProjectFilter, TaskRef, Training
from labelwright.domain.tasks import TaskFilter
from labelwright.storage import labels, projects, tasks


def _list(database, ordering=(), offset=0, limit=None, **wanted):
    with database.read() as tx:
        count, found = projects.list_projects(
            tx, ProjectFilter(**wanted), ordering=ordering, offset=offset, limit=limit, with_tasks=False
        )
    return count, [project.name for project in found]


def test_a_project_is_read_with_all_that_belongs_to_it(database, add_project, add_task_to, add_user):
    training = Training(host="h", username="u", enabled=True, project_class="OD")
    ada, empty = add_user("ada"), add_project("empty")
    made = add_project(owner_id=ada.id, training=training, bug_tracker="b")
    first, second = (add_task_to(made, subset=subset) for subset in ("Test", ""))
    with database.read() as tx:
        whole = projects.read_project(tx, made, with_tasks=True)
        short = projects.read_project(tx, made, with_tasks=False)
        assert projects.read_project(tx, empty, with_tasks=True).tasks == ()
        assert projects.read_project(tx, 99, with_tasks=True) is None
    assert (whole.owner.username, whole.training, whole.bug_tracker) == ("ada", training, "b")
    assert whole.task_refs == (TaskRef(first, "Test"), TaskRef(second, ""))
    assert [task.id for task in whole.tasks] == [first, second]
    assert {task.labels for task in whole.tasks} == {whole.labels}
    assert (short.tasks, short.task_refs, short.subsets) == (None, whole.task_refs, ["Test"])


def test_tasks_have_their_own_labels_or_their_projects(database, add_project, add_task_to, add_task):
    project, own = add_project(), add_task()
    shared = [add_task_to(project) for _ in range(2)]
    with database.read() as tx:
        assert labels.read_labels(tx, own.id) == own.labels
        (of_project,) = labels.labels_of_projects(tx, [project]).values()
        assert [labels.read_labels(tx, each) for each in shared] == [of_project] * 2
        assert {label.id for label in own.labels}.isdisjoint(label.id for label in of_project)
        _, listed = tasks.list_tasks(tx, TaskFilter(), ordering=["id"], offset=0, limit=None)
    assert [list(task.labels) for task in listed] == [own.labels, of_project, of_project]


def test_an_edit_of_a_projects_labels_is_its_own(database, add_project):
    one, other = add_project(), add_project()
    with database.write() as tx:
        before = labels.labels_of_projects(tx, [one, other])
        car, person = before[one]
        specs = [LabelSpec(id=car.id, name="人"), LabelSpec(id=person.id, deleted=True), LabelSpec(name="x")]
        labels.write_label_edit(tx, edit_labels(before[one], specs), project_id=one)
        after = labels.labels_of_projects(tx, [one, other])
    assert [label.name for label in after[one]] == ["人", "x"]
    assert after[other] == before[other]


def test_projects_are_found_by_their_one_status(database, add_project, add_task_to):
    task_id = add_task_to(add_project())
    with database.write() as tx:
        tasks.update_task(tx, task_id, status="completed")
    assert _list(database, status="annotation")[0] == 1
    assert _list(database, status="completed")[0] == 0


def test_projects_are_ordered_alike_on_both_databases(database, add_project, add_user):
    ada = add_user("ada")
    for name, owner_id in [("b", ada.id), ("B", None), ("Ä", ada.id), ("街", None)]:
        add_project(name, owner_id=owner_id)
    assert _list(database, ["name"]) == (4, ["B", "b", "Ä", "街"])
    assert _list(database, ["-owner", "id"])[1] == ["B", "街", "b", "Ä"]
    assert _list(database, ["status", "nonsense"])[1] == ["街", "Ä", "B", "b"]
    assert _list(database, ["id"], offset=1, limit=2) == (4, ["B", "Ä"])
    assert _list(database, words=("ADA", "ä")) == (1, ["Ä"])


def test_people_see_projects_by_what_they_are_in_them(database, add_project, add_task_to, add_task, add_user):
    ada, bob = add_user("ada"), add_user("bob")
    add_project("owned", owner_id=ada.id)
    add_project("assigned", assignee_id=ada.id)
    add_task_to(add_project("of a task", owner_id=bob.id), assignee_id=ada.id)
    job = add_task(project_id=add_project("of a job")).jobs[1]
    add_task_to(add_project("other"), owner_id=bob.id)
    with database.write() as tx:
        tasks.update_job(tx, job, reviewer_id=ada.id)
    assert _list(database, ["id"], visible_to=ada.id) == (4, ["owned", "assigned", "of a task", "of a job"])
    assert _list(database, ["id"], visible_to=bob.id)[1] == ["of a task", "other"]


def test_the_people_of_a_project_count_for_its_tasks(database, add_project, add_task, add_user):
    ada, bob = add_user("ada"), add_user("bob")
    project = add_project(owner_id=ada.id, assignee_id=bob.id)
    made = add_task(project_id=project)
    with database.read() as tx:
        of_task = tasks.read_task_people(tx, made.id, reduce_visibility=True)
        of_project = projects.read_project_people(tx, project, reduce_visibility=True)
        assert projects.read_project_people(tx, 99, reduce_visibility=True) is None
    assert (of_task.owners, of_task.assignees) == ((None, ada.id), (None, bob.id))
    assert of_project == ProjectPeople(ada.id, bob.id, [of_task])
    assert len(of_task.jobs) == 2


def test_a_deleted_account_leaves_its_projects(database, add_project, add_user):
    project = add_project(owner_id=add_user().id)
    with database.write() as tx:
        tx.connection.exec_driver_sql("DELETE FROM users")
        assert projects.read_project(tx, project, with_tasks=False).owner is None


def test_projects_are_ordered_by_their_last_change(database, add_project):
    one, two = add_project("one"), add_project("two")
    with database.write() as tx:
        projects.update_project(tx, one, updated_utc="2026-02-02T00:00:00.000000Z")
        projects.update_project(tx, two, updated_utc="2026-01-01T00:00:00.000000Z")
    assert _list(database, ["-updated_date"]) == (2, ["one", "two"])
    assert _list(database, ["updated_date"]) == (2, ["two", "one"])
