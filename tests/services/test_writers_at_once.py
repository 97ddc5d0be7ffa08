"""Many writers of one task and job at once, on SQLite and PostgreSQL: nothing lost, nothing doubled, no deadlock."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec
import pytest
from drawn import create, with_photographs

from labelwright.domain.annotations import Annotations
from labelwright.domain.errors import (
    Forbidden,
    Invalid,
    InvalidAnnotation,
    KeyReused,
    NotFound,
    RevisionMoved,
)
from labelwright.domain.labels import LabelSpec
from labelwright.domain.projects import ProjectChange, ProjectSpec
from labelwright.domain.requests import NamedPerson, RequestKey
from labelwright.domain.reviews import Comment, Issue, IssueSpec, ReviewSpec
from labelwright.domain.shapes import Shape
from labelwright.domain.tasks import JobChange, TaskChange, TaskFilter, TaskSpec
from labelwright.services import accounts, annotations, exports, operations, projects, reviews, tasks
from labelwright.services.annotations import Change


def at_once(count, call):
    """Call `call(n)` for n below `count` in as many threads; results, or what was raised, in order."""

    def safely(n):
        try:
            return call(n)
        except Exception as error:  # told apart by the tests
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(safely, range(count)))


def test_saves_of_one_job_are_all_kept(deps, user, task):
    saved = at_once(16, lambda n: create(deps, user, task, n))
    assert sorted(each.version for each in saved) == list(range(1, 17))
    assert len({each.shapes[0].id for each in saved}) == 16
    stored = annotations.read_job(deps, user=user, job_id=task.jobs[0].id)
    assert (stored.version, len(stored.shapes)) == (16, 16)


def test_retries_of_one_key_are_one_save(deps, user, task):
    saved = at_once(8, lambda n: create(deps, user, task, 0, key=RequestKey("k", "same")))
    assert {(each.version, each.shapes[0].id) for each in saved} == {(1, saved[0].shapes[0].id)}
    with pytest.raises(KeyReused):
        create(deps, user, task, 1, key=RequestKey("k", "other"))


def test_retries_of_one_key_make_one_task(deps, user):
    spec = TaskSpec(name="once", labels=(LabelSpec(name="car"),))
    made = at_once(
        8, lambda n: tasks.create_task(deps, user=user, spec=spec, request=RequestKey("t", "same"))
    )
    assert len({task.id for task in made}) == 1


def test_nobody_makes_more_than_they_may_by_asking_often_at_once(deps):
    account = accounts.NewAccount(username="maker", password="x", password_again="x")
    maker = accounts.create_account(deps, account=account, roles=("user",), is_admin=False)
    bounded = replace(deps, limits=replace(deps.limits, task_limit=3, project_limit=2))
    spec = TaskSpec(name="t", labels=(LabelSpec(name="car"),))
    made = at_once(8, lambda n: tasks.create_task(bounded, user=maker, spec=spec))
    assert sum(not isinstance(each, Invalid) for each in made) == 3
    made = at_once(8, lambda n: projects.create_project(bounded, user=maker, spec=ProjectSpec(name="p")))
    assert sum(not isinstance(each, Invalid) for each in made) == 2


def test_requests_for_one_export_begin_one(deps, user, task):
    wanted = exports.ExportRequest(task_id=task.id, content="annotations", format="COCO 1.0")
    asked = at_once(8, lambda n: exports.request_export(deps, user=user, request=wanted, download=False))
    assert asked == ["accepted"] * 8
    assert [each.kind for each in operations.list_operations(deps, user=user)].count("export") == 1


def test_of_saves_on_one_revision_one_wins(deps, user, task):
    saved = at_once(8, lambda n: create(deps, user, task, n, if_match=0))
    assert sum(isinstance(each, Annotations) for each in saved) == 1
    assert sum(isinstance(each, RevisionMoved) for each in saved) == 7


def test_labels_boxes_people_and_the_whole_task_change_at_once(deps, user, task):
    whole = Annotations(version=0, tags=[], shapes=[])

    def change(n):
        if n % 4 == 0:
            return tasks.change_task(
                deps, user=user, task_id=task.id, change=TaskChange(labels=(LabelSpec(name=f"label {n}"),))
            )
        if n % 4 == 1:
            return create(deps, user, task, n)
        if n % 4 == 2:
            return tasks.change_job(
                deps, user=user, job_id=task.jobs[1].id, change=JobChange(status="completed")
            )
        return annotations.save_task(
            deps, user=user, task_id=task.id, change=Change(action="create", annotations=whole)
        )

    assert [each for each in at_once(24, change) if isinstance(each, Exception)] == []
    after = tasks.read_task(deps, user=user, task_id=task.id)
    assert len(after.labels) == 2 + 6
    assert [job.revision for job in after.jobs] == [12, 6]
    assert len(annotations.read_job(deps, user=user, job_id=task.jobs[0].id).shapes) == 6


def test_a_label_deleted_while_others_draw_it_leaves_nothing_of_it(deps, user, task):
    gone = TaskChange(labels=(LabelSpec(id=task.labels[1].id, deleted=True),))

    def draw(n):
        if n == 7:
            return tasks.change_task(deps, user=user, task_id=task.id, change=gone)
        return create(deps, user, task, n, label=1)

    assert {type(each) for each in at_once(16, draw) if isinstance(each, Exception)} <= {InvalidAnnotation}
    assert annotations.read_job(deps, user=user, job_id=task.jobs[0].id).shapes == []


@pytest.fixture
def reviewer(deps, user, task):
    """Who reviews the task's first job now, and nothing else: it is somebody's."""
    account = accounts.NewAccount(username="eve", password="x", password_again="x")
    made = accounts.create_account(deps, account=account, roles=(), is_admin=False)
    tasks.change_task(deps, user=user, task_id=task.id, change=TaskChange(assignee=NamedPerson(id=user.id)))
    change = JobChange(reviewer=NamedPerson(id=made.id), status="validation")
    tasks.change_job(deps, user=user, job_id=task.jobs[0].id, change=change)
    return made


def review(deps, user, task, *, verdict="accepted", key=None):
    issues = (IssueSpec(0, (1.0, 2.0), ("one", "two")),)
    job = task.jobs[0].id
    spec = ReviewSpec(job_id=job, verdict=verdict, estimated_quality=5.0, issues=issues)
    return reviews.create_review(deps, user=user, spec=spec, request=key)


def test_of_reviews_of_one_job_one_counts(deps, user, reviewer, task):
    verdicts = ("accepted", "rejected")
    made = at_once(8, lambda n: review(deps, reviewer, task, verdict=verdicts[n % 2]))
    assert sorted(type(each).__name__ for each in made) == ["Forbidden"] * 7 + ["tuple"]
    (stored,) = reviews.list_reviews(deps, user=user, job_id=task.jobs[0].id)
    job = tasks.read_job(deps, user=user, job_id=task.jobs[0].id)
    assert job.status == {"accepted": "completed", "rejected": "annotation"}[stored.verdict]
    assert len(reviews.list_issues(deps, user=user, job_id=job.id)) == 1


def test_retries_of_one_key_are_one_review(deps, user, reviewer, task):
    made = at_once(8, lambda n: review(deps, reviewer, task, key=RequestKey("r", "same")))
    assert [each for each in made if each != made[0]] == []
    assert reviews.list_reviews(deps, user=user, job_id=task.jobs[0].id) == [made[0][0]]


def test_an_issue_is_commented_resolved_and_deleted_at_once(deps, user, reviewer, task):
    (issue,) = review(deps, reviewer, task)[1]

    def work(n):
        if n == 9:
            return reviews.delete_issue(deps, user=user, issue_id=issue.id)
        if n % 3 == 0:
            return reviews.change_issue(deps, user=user, issue_id=issue.id, resolved=n % 2 == 0)
        return reviews.create_comment(deps, user=user, issue_id=issue.id, message=str(n))

    made = at_once(16, work)
    # Whoever comes first: all others find the issue gone.
    assert made.pop(9) is None
    assert {type(each) for each in made} <= {Comment, Issue, NotFound}
    assert reviews.list_issues(deps, user=user, job_id=task.jobs[0].id) == []


def test_a_task_is_deleted_while_it_is_reviewed(deps, user, reviewer, task):
    def work(n):
        if n == 5:
            return tasks.delete_task(deps, user=user, task_id=task.id)
        return review(deps, (user, reviewer)[n % 2], task)

    made = at_once(12, work)
    assert {type(each) for each in made if isinstance(each, Exception)} <= {NotFound, Forbidden}
    with pytest.raises(NotFound):
        reviews.list_reviews(deps, user=user, job_id=task.jobs[0].id)


def project_of(deps, user):
    spec = ProjectSpec(name="p", labels=(LabelSpec(name="car"), LabelSpec(name="dog")))
    return projects.create_project(deps, user=user, spec=spec)


def task_in(deps, user, project):
    return tasks.create_task(deps, user=user, spec=TaskSpec(name="t", project_id=project.id, segment_size=1))


def test_a_label_of_a_project_deleted_while_others_draw_it_leaves_nothing_of_it(deps, user):
    project = project_of(deps, user)
    drawn = [with_photographs(deps, user, task_in(deps, user, project)) for _ in range(2)]
    gone = ProjectChange(labels=(LabelSpec(id=project.labels[1].id, deleted=True),))

    def draw(n):
        if n == 7:
            return projects.change_project(deps, user=user, project_id=project.id, change=gone)
        return create(deps, user, drawn[n % 2], n, label=1)

    assert {type(each) for each in at_once(16, draw) if isinstance(each, Exception)} <= {InvalidAnnotation}
    for task in drawn:
        assert annotations.read_job(deps, user=user, job_id=task.jobs[0].id).shapes == []


def test_tasks_made_in_a_project_that_is_deleted_go_with_it_or_are_refused(deps, user):
    project = project_of(deps, user)

    def work(n):
        if n == 6:
            return projects.delete_project(deps, user=user, project_id=project.id)
        return task_in(deps, user, project)

    assert {type(each) for each in at_once(12, work) if isinstance(each, Exception)} <= {Invalid}
    wanted = {"wanted": TaskFilter(), "ordering": (), "offset": 0, "limit": None}
    assert tasks.list_tasks(deps, user=user, **wanted) == (0, [])


def test_a_task_moves_is_read_and_has_its_labels_painted_at_once(deps, user, task):
    one, other = project_of(deps, user), project_of(deps, user)
    create(deps, user, task, 0)

    def work(n):
        project = (one, other)[n % 2]
        if n % 3 == 0:
            move = TaskChange(project_id=project.id)
            return tasks.change_task(deps, user=user, task_id=task.id, change=move)
        if n % 3 == 1:
            paint = ProjectChange(labels=(LabelSpec(id=project.labels[0].id, color=f"#0000{n:02}"),))
            return projects.change_project(deps, user=user, project_id=project.id, change=paint)
        return annotations.read_job(deps, user=user, job_id=task.jobs[0].id)

    assert [each for each in at_once(18, work) if isinstance(each, Exception)] == []
    after = tasks.read_task(deps, user=user, task_id=task.id)
    (shape,) = annotations.read_job(deps, user=user, job_id=task.jobs[0].id).shapes
    assert after.project_id in (one.id, other.id)
    assert msgspec.json.decode(shape, type=Shape).label_id in {label.id for label in after.labels}
