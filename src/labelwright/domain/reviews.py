"""Reviews of jobs, the issues they raise and what people write to them, as values; and what follows from a verdict."""

from typing import Literal

from msgspec import Struct

from labelwright.domain.errors import Invalid
from labelwright.domain.requests import NamedPerson
from labelwright.domain.tasks import Status
from labelwright.domain.users import Person

Verdict = Literal["accepted", "rejected", "review_further"]
VERDICTS: tuple[Verdict, ...] = ("accepted", "rejected", "review_further")


class NoNewReviewer(Invalid):
    """A review hands the job on and does not say to whom."""


class Comment(Struct, frozen=True, kw_only=True):
    """What somebody wrote to an issue. Times are ISO-8601 UTC text."""

    id: int
    issue_id: int
    author: Person | None
    message: str
    created_utc: str
    updated_utc: str


class Issue(Struct, frozen=True, kw_only=True):
    """A place of a job where something is wrong; comments by id.

    `frame` is the task's. `position` holds left, top, right, bottom of a box, or x and y of more points, in pixels.
    It is open while `resolved_utc` is None: the account of who resolved it may be gone.
    """

    id: int
    job_id: int
    review_id: int | None
    owner: Person | None
    resolver: Person | None
    frame: int
    position: tuple[float, ...]
    created_utc: str
    resolved_utc: str | None
    comments: tuple[Comment, ...]


class Review(Struct, frozen=True, kw_only=True):
    """Somebody's verdict on a job; `assignee` is whose it was then."""

    id: int
    job_id: int
    reviewer: Person | None
    assignee: Person | None
    verdict: Verdict
    estimated_quality: float


class IssueSpec(Struct, frozen=True):
    """An issue somebody raises, with the first messages to it."""

    frame: int
    position: tuple[float, ...]
    messages: tuple[str, ...]


class ReviewSpec(Struct, frozen=True, kw_only=True):
    """A review somebody submits. `reviewer` is who reviews next, when the verdict is that somebody should."""

    job_id: int
    verdict: Verdict
    estimated_quality: float
    reviewer: NamedPerson | None = None
    issues: tuple[IssueSpec, ...] = ()


def job_status_after(verdict: Verdict, status: Status) -> Status:
    """Return the status of a job in `status` once the verdict is given."""
    if verdict == "review_further":
        return status
    return "completed" if verdict == "accepted" else "annotation"
