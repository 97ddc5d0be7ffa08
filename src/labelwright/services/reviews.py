"""Reviews of jobs: submitted, listed, deleted; their issues and the comments on these."""

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import Invalid, NotFound
from labelwright.domain.requests import NamedPerson, RequestKey
from labelwright.domain.reviews import Comment, Issue, NoNewReviewer, Review, ReviewSpec, job_status_after
from labelwright.domain.tasks import Job
from labelwright.domain.users import User
from labelwright.services import (
    earlier_answer,
    existing_job,
    find_person,
    follow_jobs,
    id_of,
    now_utc,
    people_of_job,
    people_of_task,
    remember_answer,
    require,
)
from labelwright.storage import Transaction
from labelwright.storage import reviews as storage
from labelwright.storage import tasks as tasks_storage


def may_review(deps: Deps, *, user: User, job_id: int, key: RequestKey | None) -> None:
    """Raise NotFound or Forbidden unless the user may review the job: asked before a body is complained about.

    A retry of a review that was stored is let through: by its verdict the job may have left the user's hands.
    """
    with deps.database.read() as tx:
        if earlier_answer(tx, user, key) is None:
            _require_review(tx, deps, user, existing_job(tx, job_id))


def _require_review(tx: Transaction, deps: Deps, user: User, job: Job) -> None:
    require(access.may_review_job(user, people_of_task(tx, deps, job.task_id), people_of_job(job)))


def create_review(
    deps: Deps, *, user: User, spec: ReviewSpec, request: RequestKey | None = None
) -> tuple[Review, list[Issue]]:
    """Store the user's review of a job with its issues, and move the job and its task as the verdict says.

    A retry with the same key gives the same review.

    Raises:
        NotFound: there is no such job, or no such person to review it next.
        Forbidden: the user may not review the job now.
        NoNewReviewer: the verdict asks for another reviewer, and there is none.
    """
    with deps.database.write() as tx:
        earlier = earlier_answer(tx, user, request)
        if earlier is not None:
            return _existing_review(tx, earlier["review"]), storage.issues_of_review(tx, earlier["review"])
        tasks_storage.lock_task(tx, existing_job(tx, spec.job_id).task_id)
        job = existing_job(tx, spec.job_id)  # as whoever held it before has left it
        _require_review(tx, deps, user, job)
        changed = _change_of_job(tx, deps, spec, job)
        now = now_utc(deps)
        review_id = storage.insert_review(
            tx,
            job_id=job.id,
            reviewer_id=user.id,
            assignee_id=id_of(job.assignee),
            verdict=spec.verdict,
            estimated_quality=spec.estimated_quality,
            now_utc=now,
        )
        storage.insert_issues(
            tx, spec.issues, job_id=job.id, review_id=review_id, owner_id=user.id, now_utc=now
        )
        tasks_storage.update_job(tx, job.id, **changed)
        follow_jobs(tx, deps, job.task_id)
        remember_answer(tx, deps, user, request, {"review": review_id})
        return _existing_review(tx, review_id), storage.issues_of_review(tx, review_id)


def _change_of_job(tx: Transaction, deps: Deps, spec: ReviewSpec, job: Job) -> dict[str, object]:
    """Return the columns of the job that the verdict changes. Raises NotFound, NoNewReviewer."""
    changed: dict[str, object] = {"status": job_status_after(spec.verdict, job.status)}
    if spec.verdict == "review_further":
        if spec.reviewer is None:
            raise NoNewReviewer("Must provide a new reviewer")
        changed["reviewer_id"] = _find_reviewer(tx, deps, spec.reviewer)
    return changed


def _find_reviewer(tx: Transaction, deps: Deps, named: NamedPerson) -> int:
    try:
        return find_person(tx, deps, named)
    except Invalid as error:
        raise NotFound("Not found.") from error


def _existing_review(tx: Transaction, review_id: int) -> Review:
    review = storage.read_review(tx, review_id)
    if review is None:
        raise NotFound("Not found.")
    return review


def list_reviews(deps: Deps, *, user: User, job_id: int) -> list[Review]:
    """Return the job's reviews, by id. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        _require_access(tx, deps, user, job_id)
        return storage.list_reviews(tx, job_id)


def _require_access(tx: Transaction, deps: Deps, user: User, job_id: int) -> None:
    job = existing_job(tx, job_id)
    require(access.may_access_job(user, people_of_task(tx, deps, job.task_id), people_of_job(job)))


def delete_review(deps: Deps, *, user: User, review_id: int) -> None:
    """Delete the review; its issues stay. Raises Forbidden, NotFound."""
    require(access.may_delete_review(user))
    with deps.database.write() as tx:
        _existing_review(tx, review_id)
        storage.delete_review(tx, review_id)


def list_issues(deps: Deps, *, user: User, job_id: int) -> list[Issue]:
    """Return the job's issues with their comments, by id. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        _require_access(tx, deps, user, job_id)
        return storage.list_issues(tx, job_id)


def _existing_issue(tx: Transaction, issue_id: int) -> Issue:
    issue = storage.read_issue(tx, issue_id)
    if issue is None:
        raise NotFound("Not found.")
    return issue


def may_change_issue(deps: Deps, *, user: User, issue_id: int) -> None:
    """Raise NotFound or Forbidden unless the user may change the issue: asked before a body is read."""
    with deps.database.read() as tx:
        _changeable_issue(tx, deps, user, issue_id)


def _changeable_issue(tx: Transaction, deps: Deps, user: User, issue_id: int) -> Issue:
    issue = _existing_issue(tx, issue_id)
    job = existing_job(tx, issue.job_id)
    task = people_of_task(tx, deps, job.task_id)
    require(access.may_change_issue(user, task, people_of_job(job), owner_id=id_of(issue.owner)))
    return issue


def change_issue(deps: Deps, *, user: User, issue_id: int, resolved: bool | None) -> Issue:
    """Resolve an open issue in the user's name, or open a resolved one; None, and what is so already, is no change.

    Raises NotFound, Forbidden.
    """
    with deps.database.write() as tx:
        storage.lock_issue(tx, issue_id)
        issue = _changeable_issue(tx, deps, user, issue_id)
        if resolved is True and issue.resolved_utc is None:
            storage.update_issue(tx, issue_id, resolver_id=user.id, resolved_utc=now_utc(deps))
        elif resolved is False and issue.resolved_utc is not None:
            storage.update_issue(tx, issue_id, resolver_id=None, resolved_utc=None)
        return _existing_issue(tx, issue_id)


def delete_issue(deps: Deps, *, user: User, issue_id: int) -> None:
    """Delete the issue with its comments. Raises NotFound, Forbidden."""
    with deps.database.write() as tx:
        issue = _existing_issue(tx, issue_id)
        require(access.may_delete_issue(user, owner_id=id_of(issue.owner)))
        storage.delete_issue(tx, issue_id)


def list_comments(deps: Deps, *, user: User, issue_id: int) -> list[Comment]:
    """Return what was written to the issue, by id. Raises NotFound, Forbidden."""
    with deps.database.read() as tx:
        issue = _existing_issue(tx, issue_id)
        _require_access(tx, deps, user, issue.job_id)
        return list(issue.comments)


def may_read_all_comments(user: User) -> None:
    """Raise Forbidden unless the user is an admin, the only ones who learn that there is no such list."""
    require(access.is_admin(user))


def may_comment(deps: Deps, *, user: User, issue_id: int) -> None:
    """Raise NotFound or Forbidden unless the user may write to the issue: asked before a body is complained about."""
    with deps.database.read() as tx:
        _require_access(tx, deps, user, _existing_issue(tx, issue_id).job_id)


def create_comment(
    deps: Deps, *, user: User, issue_id: int, message: str, request: RequestKey | None = None
) -> Comment:
    """Write `message` to the issue. A retry with the same key gives the same comment.

    Raises NotFound, Forbidden.
    """
    with deps.database.write() as tx:
        earlier = earlier_answer(tx, user, request)
        if earlier is not None:
            return _existing_comment(tx, earlier["comment"])
        storage.lock_issue(tx, issue_id)
        _require_access(tx, deps, user, _existing_issue(tx, issue_id).job_id)
        comment_id = storage.insert_comment(
            tx, issue_id, author_id=user.id, message=message, now_utc=now_utc(deps)
        )
        remember_answer(tx, deps, user, request, {"comment": comment_id})
        return _existing_comment(tx, comment_id)


def _existing_comment(tx: Transaction, comment_id: int) -> Comment:
    comment = storage.read_comment(tx, comment_id)
    if comment is None:
        raise NotFound("Not found.")
    return comment


def may_change_comment(deps: Deps, *, user: User, comment_id: int) -> None:
    """Raise NotFound or Forbidden unless the comment is the user's to change: asked before a body is read."""
    with deps.database.read() as tx:
        _require_own(tx, user, comment_id)


def _require_own(tx: Transaction, user: User, comment_id: int) -> None:
    comment = _existing_comment(tx, comment_id)
    require(access.may_change_comment(user, author_id=id_of(comment.author)))


def change_comment(deps: Deps, *, user: User, comment_id: int, message: str | None) -> Comment:
    """Write the comment anew; None keeps its words and renews its time, as in v1. Raises NotFound, Forbidden."""
    with deps.database.write() as tx:
        _require_own(tx, user, comment_id)
        words = {} if message is None else {"message": message}
        storage.update_comment(tx, comment_id, updated_utc=now_utc(deps), **words)
        return _existing_comment(tx, comment_id)


def delete_comment(deps: Deps, *, user: User, comment_id: int) -> None:
    """Delete the comment. Raises NotFound, Forbidden."""
    with deps.database.write() as tx:
        _require_own(tx, user, comment_id)
        storage.delete_comment(tx, comment_id)
