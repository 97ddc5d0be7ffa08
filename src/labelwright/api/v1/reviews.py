"""Reviews, issues and comments (rest-api contract, 12; review-and-logs contract, 1)."""

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.exceptions import MethodNotAllowedException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from labelwright.api.requests import (
    ApiRequest,
    deps_of,
    read_fields,
    read_keyed_fields,
    run_in_thread,
    run_short,
    user_of,
)
from labelwright.api.v1.described import described
from labelwright.api.v1.dialects import Dialect
from labelwright.api.v1.fields import Fields
from labelwright.api.v1.review_wire import (
    comment_out,
    issue_out,
    read_message,
    read_resolved,
    read_review,
    review_out,
    whole_issue_out,
    whole_review_out,
)
from labelwright.api.v1.wire import base_url, dialect_of
from labelwright.services import reviews


@post("/reviews", status_code=201)
@described(
    "reviews_create",
    headers=("Idempotency-Key",),
    body="ReviewRequest",
    answers={201: "WholeReview"},
    errors=(404,),
)
async def create_review(request: ApiRequest) -> dict[str, Any]:
    """Store a review with its issues and their comments; the job and its task move as its status says.

    201 with all of it; 400 by field; 403 for who may not review the job now; 404 for no such job or reviewer.
    """
    deps, user = deps_of(request), user_of(request)
    values, key = await read_keyed_fields(request)
    fields = Fields(values)
    job_id = fields.reference("job")
    if job_id is not None:
        await run_short(request, reviews.may_review, deps, user=user, job_id=job_id, key=key)
    spec = read_review(fields, job_id)
    review, issues = await run_in_thread(reviews.create_review, deps, user=user, spec=spec, request=key)
    return whole_review_out(review, issues, base_url(request), dialect_of(request))


@delete("/reviews/{review_id:int}", status_code=204)
@described("reviews_delete", answers={204: None})
async def delete_review(request: ApiRequest, review_id: FromPath[int]) -> None:
    """Delete the review; its issues stay. 204; 403 for all but admins; 404 as everywhere."""
    await run_in_thread(reviews.delete_review, deps_of(request), user=user_of(request), review_id=review_id)


async def _listed(
    request: ApiRequest,
    find: Callable[..., list[Any]],
    show: Callable[[Any, str, Dialect], dict[str, Any]],
    **about: int,
) -> Response[bytes]:
    """Answer with all that `find` returns: there may be any number of them, so a thread does it."""
    base, dialect = base_url(request), dialect_of(request)

    def answer() -> bytes:
        found = find(deps_of(request), user=user_of(request), **about)
        return msgspec.json.encode([show(each, base, dialect) for each in found])

    return Response(await run_in_thread(answer), media_type="application/json")


@get("/jobs/{job_id:int}/reviews")
@described("jobs_reviews", answers={200: "ReviewList"})
async def list_reviews(request: ApiRequest, job_id: FromPath[int]) -> Response[bytes]:
    """Return the job's reviews without their issues. 200; 403 and 404 as everywhere."""
    return await _listed(request, reviews.list_reviews, review_out, job_id=job_id)


@get("/jobs/{job_id:int}/issues")
@described("jobs_issues", answers={200: "IssueList"})
async def list_issues(request: ApiRequest, job_id: FromPath[int]) -> Response[bytes]:
    """Return the job's issues with their comments. 200; 403 and 404 as everywhere."""
    return await _listed(request, reviews.list_issues, whole_issue_out, job_id=job_id)


@patch("/issues/{issue_id:int}")
@described("issues_partial_update", body="IssueChange", answers={200: "Issue"})
async def patch_issue(request: ApiRequest, issue_id: FromPath[int]) -> dict[str, Any]:
    """Resolve an issue, or open it again. 200 with the issue, changed or not; 403 and 404 as everywhere."""
    deps, user = deps_of(request), user_of(request)
    await run_short(request, reviews.may_change_issue, deps, user=user, issue_id=issue_id)
    resolved = read_resolved(Fields(await read_fields(request)))
    issue = await run_in_thread(reviews.change_issue, deps, user=user, issue_id=issue_id, resolved=resolved)
    return issue_out(issue, base_url(request), dialect_of(request))


@delete("/issues/{issue_id:int}", status_code=204)
@described("issues_delete", answers={204: None})
async def delete_issue(request: ApiRequest, issue_id: FromPath[int]) -> None:
    """Delete the issue with its comments. 204; 403 and 404 as everywhere."""
    await run_in_thread(reviews.delete_issue, deps_of(request), user=user_of(request), issue_id=issue_id)


@get("/issues/{issue_id:int}/comments")
@described("issues_comments", answers={200: "CommentList"})
async def list_comments(request: ApiRequest, issue_id: FromPath[int]) -> Response[bytes]:
    """Return what was written to the issue. 200; 403 and 404 as everywhere."""
    return await _listed(request, reviews.list_comments, comment_out, issue_id=issue_id)


@post("/comments", status_code=201)
@described(
    "comments_create",
    headers=("Idempotency-Key",),
    body="CommentRequest",
    answers={201: "Comment"},
    errors=(404,),
)
async def create_comment(request: ApiRequest) -> dict[str, Any]:
    """Write to an issue. 201 with the comment; 400 by field; 403 and 404 as everywhere, for the issue."""
    deps, user = deps_of(request), user_of(request)
    values, key = await read_keyed_fields(request)
    fields = Fields(values)
    issue_id = fields.reference("issue")
    if issue_id is not None:
        await run_short(request, reviews.may_comment, deps, user=user, issue_id=issue_id)
    message = read_message(fields, required=True)
    comment = await run_in_thread(
        reviews.create_comment, deps, user=user, issue_id=issue_id or 0, message=message or "", request=key
    )
    return comment_out(comment, base_url(request), dialect_of(request))


@patch("/comments/{comment_id:int}")
@described("comments_partial_update", body="CommentChange", answers={200: "Comment"})
async def patch_comment(request: ApiRequest, comment_id: FromPath[int]) -> dict[str, Any]:
    """Write the comment anew. 200 with the comment; 400 by field; 403 for all but its author; 404."""
    deps, user = deps_of(request), user_of(request)
    await run_short(request, reviews.may_change_comment, deps, user=user, comment_id=comment_id)
    message = read_message(Fields(await read_fields(request)), required=False)
    comment = await run_in_thread(
        reviews.change_comment, deps, user=user, comment_id=comment_id, message=message
    )
    return comment_out(comment, base_url(request), dialect_of(request))


@delete("/comments/{comment_id:int}", status_code=204)
@described("comments_delete", answers={204: None})
async def delete_comment(request: ApiRequest, comment_id: FromPath[int]) -> None:
    """Delete the comment. 204; 403 for all but its author; 404 as everywhere."""
    await run_in_thread(
        reviews.delete_comment, deps_of(request), user=user_of(request), comment_id=comment_id
    )


def _refused(path: str, allowed: str) -> HTTPRouteHandler:
    """Return a GET that is 405 to admins and 403 to all others: comments are read by their issue alone."""

    async def refuse(request: ApiRequest) -> None:
        reviews.may_read_all_comments(user_of(request))
        raise MethodNotAllowedException(headers={"allow": allowed})

    return get(path, include_in_schema=False)(refuse)


HANDLERS = (
    create_review, delete_review, list_reviews, list_issues, patch_issue, delete_issue, list_comments,
    create_comment, patch_comment, delete_comment,
)  # fmt: skip
#: What only says that it does not exist, so that nobody is told of it by OPTIONS.
REFUSED = (_refused("/comments", "POST"), _refused("/comments/{comment_id:int}", "PATCH, DELETE"))
