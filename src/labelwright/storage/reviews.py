"""Reviews of jobs, their issues and the comments on these."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from labelwright.domain.reviews import Comment, Issue, IssueSpec, Review, Verdict
from labelwright.storage import Transaction
from labelwright.storage.people import assignee, owner, person_columns, read_person, reviewer
from labelwright.storage.tables import comments, issues, reviews, users

_resolver, _author = users.alias("resolver"), users.alias("author")
_decode_position = msgspec.json.Decoder(tuple[float, ...]).decode

_REVIEWS = (
    select(reviews, *person_columns(reviewer, "reviewer"), *person_columns(assignee, "assignee"))
    .outerjoin(reviewer, reviewer.c.id == reviews.c.reviewer_id)
    .outerjoin(assignee, assignee.c.id == reviews.c.assignee_id)
    .order_by(reviews.c.id)
)
_ISSUES = (
    select(issues, *person_columns(owner, "owner"), *person_columns(_resolver, "resolver"))
    .outerjoin(owner, owner.c.id == issues.c.owner_id)
    .outerjoin(_resolver, _resolver.c.id == issues.c.resolver_id)
    .order_by(issues.c.id)
)
_COMMENTS = (
    select(comments, *person_columns(_author, "author"))
    .join(issues, issues.c.id == comments.c.issue_id)
    .outerjoin(_author, _author.c.id == comments.c.author_id)
    .order_by(comments.c.id)
)


def insert_review(
    tx: Transaction,
    *,
    job_id: int,
    reviewer_id: int,
    assignee_id: int | None,
    verdict: Verdict,
    estimated_quality: float,
    now_utc: str,
) -> int:
    """Add a review and return its id."""
    values = {
        "job_id": job_id,
        "reviewer_id": reviewer_id,
        "assignee_id": assignee_id,
        "verdict": verdict,
        "estimated_quality": estimated_quality,
        "created_utc": now_utc,
    }
    query = insert(reviews).values(**values).returning(reviews.c.id)
    return int(tx.connection.execute(query).scalar_one())


def read_review(tx: Transaction, review_id: int) -> Review | None:
    row = tx.connection.execute(_REVIEWS.where(reviews.c.id == review_id)).first()
    return None if row is None else _review(row)


def list_reviews(tx: Transaction, job_id: int) -> list[Review]:
    """Return the job's reviews, by id."""
    return [_review(row) for row in tx.connection.execute(_REVIEWS.where(reviews.c.job_id == job_id))]


def _review(row: Row[Any]) -> Review:
    return Review(
        id=row.id,
        job_id=row.job_id,
        reviewer=read_person(row, "reviewer"),
        assignee=read_person(row, "assignee"),
        verdict=row.verdict,
        estimated_quality=row.estimated_quality,
    )


def delete_review(tx: Transaction, review_id: int) -> None:
    """Delete the review; its issues stay, of no review."""
    tx.connection.execute(delete(reviews).where(reviews.c.id == review_id))


def insert_issues(
    tx: Transaction,
    specs: Sequence[IssueSpec],
    *,
    job_id: int,
    review_id: int,
    owner_id: int,
    now_utc: str,
) -> None:
    """Add the issues of a review with their messages, all by `owner_id`, in order."""
    if not specs:
        return
    rows = [
        {
            "job_id": job_id,
            "review_id": review_id,
            "owner_id": owner_id,
            "frame": spec.frame,
            "position": msgspec.json.encode(spec.position).decode(),
            "created_utc": now_utc,
        }
        for spec in specs
    ]
    query = insert(issues).returning(issues.c.id, sort_by_parameter_order=True)
    ids = tx.connection.execute(query, rows).scalars()
    written = [
        _comment_row(issue_id, owner_id, message, now_utc)
        for issue_id, spec in zip(ids, specs, strict=True)
        for message in spec.messages
    ]
    if written:
        tx.connection.execute(insert(comments), written)


def lock_issue(tx: Transaction, issue_id: int) -> None:
    """Hold the issue until the transaction ends: nobody else changes or deletes it meanwhile."""
    tx.connection.execute(select(issues.c.id).where(issues.c.id == issue_id).with_for_update()).all()


def read_issue(tx: Transaction, issue_id: int) -> Issue | None:
    found = _list_issues(tx, issues.c.id == issue_id)
    return found[0] if found else None


def list_issues(tx: Transaction, job_id: int) -> list[Issue]:
    """Return the job's issues, by id."""
    return _list_issues(tx, issues.c.job_id == job_id)


def issues_of_review(tx: Transaction, review_id: int) -> list[Issue]:
    """Return the review's issues, by id."""
    return _list_issues(tx, issues.c.review_id == review_id)


def _list_issues(tx: Transaction, condition: ColumnElement[bool]) -> list[Issue]:
    """Read issues and what was written to them in two queries, however many there are."""
    rows = tx.connection.execute(_ISSUES.where(condition)).all()
    comments_of: dict[int, list[Comment]] = {row.id: [] for row in rows}
    for row in tx.connection.execute(_COMMENTS.where(condition)):
        comments_of[row.issue_id].append(_comment(row))
    return [
        Issue(
            id=row.id,
            job_id=row.job_id,
            review_id=row.review_id,
            owner=read_person(row, "owner"),
            resolver=read_person(row, "resolver"),
            frame=row.frame,
            position=_decode_position(row.position),
            created_utc=row.created_utc,
            resolved_utc=row.resolved_utc,
            comments=tuple(comments_of[row.id]),
        )
        for row in rows
    ]


def update_issue(
    tx: Transaction, issue_id: int, *, resolver_id: int | None, resolved_utc: str | None
) -> None:
    values = {"resolver_id": resolver_id, "resolved_utc": resolved_utc}
    tx.connection.execute(update(issues).where(issues.c.id == issue_id).values(**values))


def move_issue(tx: Transaction, issue_id: int, *, job_id: int, frame: int) -> None:
    tx.connection.execute(update(issues).where(issues.c.id == issue_id).values(job_id=job_id, frame=frame))


def delete_issue(tx: Transaction, issue_id: int) -> None:
    """Delete the issue with its comments."""
    tx.connection.execute(delete(issues).where(issues.c.id == issue_id))


def insert_comment(tx: Transaction, issue_id: int, *, author_id: int, message: str, now_utc: str) -> int:
    """Add a comment and return its id."""
    row = _comment_row(issue_id, author_id, message, now_utc)
    return int(tx.connection.execute(insert(comments).values(**row).returning(comments.c.id)).scalar_one())


def _comment_row(issue_id: int, author_id: int, message: str, now_utc: str) -> dict[str, Any]:
    return {
        "issue_id": issue_id,
        "author_id": author_id,
        "message": message,
        "created_utc": now_utc,
        "updated_utc": now_utc,
    }


def read_comment(tx: Transaction, comment_id: int) -> Comment | None:
    row = tx.connection.execute(_COMMENTS.where(comments.c.id == comment_id)).first()
    return None if row is None else _comment(row)


def _comment(row: Row[Any]) -> Comment:
    return Comment(
        id=row.id,
        issue_id=row.issue_id,
        author=read_person(row, "author"),
        message=row.message,
        created_utc=row.created_utc,
        updated_utc=row.updated_utc,
    )


def update_comment(tx: Transaction, comment_id: int, **values: object) -> None:
    """Write columns of the comments table."""
    tx.connection.execute(update(comments).where(comments.c.id == comment_id).values(**values))


def delete_comment(tx: Transaction, comment_id: int) -> None:
    tx.connection.execute(delete(comments).where(comments.c.id == comment_id))
