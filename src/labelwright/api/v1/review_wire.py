"""v1 JSON and reviews, issues and comments (review-and-logs contract, 1)."""

from typing import Any, cast

from labelwright.api.v1.dialects import Dialect
from labelwright.api.v1.fields import Fields
from labelwright.api.v1.wire import read_person
from labelwright.domain.reviews import VERDICTS, Comment, Issue, IssueSpec, Review, ReviewSpec, Verdict

# Out


def review_out(review: Review, base: str, dialect: Dialect) -> dict[str, Any]:
    """Return a review without its issues, key order as in v1."""
    return {
        "id": review.id,
        "assignee": dialect.person(review.assignee, base),
        "reviewer": dialect.person(review.reviewer, base),
        "estimated_quality": review.estimated_quality,
        "status": review.verdict,
        "job": review.job_id,
    }


def whole_review_out(review: Review, issues: list[Issue], base: str, dialect: Dialect) -> dict[str, Any]:
    """Return a review with its issues, which stand after the people."""
    plain = review_out(review, base, dialect)
    people = {name: plain.pop(name) for name in ("id", "assignee", "reviewer")}
    return {**people, "issue_set": [whole_issue_out(issue, base, dialect) for issue in issues], **plain}


def issue_out(issue: Issue, base: str, dialect: Dialect) -> dict[str, Any]:
    """Return an issue without its comments, key order as in v1."""
    return {
        "id": issue.id,
        "owner": dialect.person(issue.owner, base),
        "resolver": dialect.person(issue.resolver, base),
        "position": issue.position,
        "frame": issue.frame,
        "created_date": issue.created_utc,
        "resolved_date": issue.resolved_utc,
        "job": issue.job_id,
        "review": issue.review_id,
    }


def whole_issue_out(issue: Issue, base: str, dialect: Dialect) -> dict[str, Any]:
    """Return an issue with its comments, which stand after the position."""
    plain = issue_out(issue, base, dialect)
    first = {name: plain.pop(name) for name in ("id", "owner", "resolver", "position")}
    return {
        **first,
        "comment_set": [comment_out(comment, base, dialect) for comment in issue.comments],
        **plain,
    }


def comment_out(comment: Comment, base: str, dialect: Dialect) -> dict[str, Any]:
    """Return a comment, key order as in v1."""
    return {
        "id": comment.id,
        "author": dialect.person(comment.author, base),
        "message": comment.message,
        "created_date": comment.created_utc,
        "updated_date": comment.updated_utc,
        "issue": comment.issue_id,
    }


# In


def read_review(fields: Fields, job_id: int | None) -> ReviewSpec:
    """Return the review of the job, which has been read; None when it will not do. Raises FieldErrors."""
    verdict = fields.choice("status", VERDICTS, "", required=True)
    spec = ReviewSpec(
        job_id=job_id or 0,
        verdict=cast(Verdict, verdict),
        estimated_quality=fields.number("estimated_quality"),
        reviewer=(read_person(fields, "reviewer") or None) if verdict == "review_further" else None,
        issues=tuple(fields.each("issue_set", _read_issue, required=True)),
    )
    fields.finish()
    return spec


def _read_issue(fields: Fields) -> IssueSpec:
    return IssueSpec(
        frame=fields.integer("frame", 0, required=True) or 0,
        position=tuple(fields.numbers("position")),
        messages=tuple(fields.each("comment_set", _read_message, required=True)),
    )


def _read_message(fields: Fields) -> str:
    return fields.text("message", limit=None, required=True, blank=False)


def read_message(fields: Fields, *, required: bool) -> str | None:
    """Return the message of a comment, None when there is none and need not be. Raises FieldErrors."""
    message = _read_message(fields) if required or "message" in fields else None
    fields.finish()
    return message


def read_resolved(fields: Fields) -> bool | None:
    """Return whether an issue is to be resolved, None when the request does not say.

    Whoever `resolver_id` names, it is the caller who resolves.
    """
    return bool(fields.values["resolver_id"]) if "resolver_id" in fields else None
