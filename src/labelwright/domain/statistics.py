"""What people did and how far the work is: what counts, and how rates come of it.

- **Working time** is what clients tell with `Send user activity`: the time between a person's moves, long pauses left
  out (review-and-logs contract, 2.3). It counts on the day it was told.
- **Objects** are the shapes and tags that saves made, changed and deleted. What came from a file, was relabelled by a
  move or went with its label is nobody's handwork and does not count. On frames two jobs share, each has its own.
- **Time per object** is the mean of what drawing took (`Draw object`); where no client told of drawing, the working
  time divided by the objects made.
- **Objects per hour** are those made, by the working time.

Days are those of a zone. Moments are texts as `utc_text` writes them, which sort as moments do.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from labelwright.domain.errors import Invalid
from labelwright.domain.tasks import STATUSES, Status
from labelwright.domain.times import utc_text
from labelwright.domain.users import Person

#: What work can be summed up by.
By = Literal["day", "user", "task", "job", "project"]
BY: tuple[By, ...] = ("day", "user", "task", "job", "project")
#: Rows of one answer: with more, ask for a shorter time.
MOST_ROWS = 100_000
#: Zones change their offset twice a year at most; longer ago than this counts with the offset of that time.
_YEARS = 20
_YEAR_DAYS = 366


class Wanted(Struct, frozen=True, kw_only=True):
    """Which work is asked for: conditions that all hold, None asks for nothing. The period ends before `until_utc`."""

    project_id: int | None = None
    task_id: int | None = None
    job_id: int | None = None
    user_id: int | None = None
    from_utc: str | None = None
    until_utc: str | None = None


class Shift(Struct, frozen=True):
    """Until the moment `until_utc`, None for ever, a zone's clock is `seconds` ahead of UTC."""

    until_utc: str | None
    seconds: int


class Work(Struct):
    """Sums of work."""

    working_ms: int = 0
    drawing_ms: int = 0
    drawn: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0

    def add(self, **amounts: int) -> None:
        """Add the amounts to the sums of their names."""
        for name, amount in amounts.items():
            setattr(self, name, getattr(self, name) + amount)

    @property
    def working_seconds(self) -> float:
        return self.working_ms / 1000

    @property
    def seconds_per_object(self) -> float | None:
        """How long an object took, None when nothing says."""
        if self.drawn and self.drawing_ms:
            return round(self.drawing_ms / self.drawn / 1000, 3)
        if self.created and self.working_ms:
            return round(self.working_ms / self.created / 1000, 3)
        return None

    @property
    def objects_per_hour(self) -> float | None:
        """How many objects came of an hour's work, None without working time."""
        return round(self.created * 3_600_000 / self.working_ms, 3) if self.working_ms else None


class WorkRow(Struct, frozen=True):
    """Work, and what it is the work of: a value for each of `By` that was asked for. A user is a `Person`."""

    keys: Mapping[By, Any]
    work: Work


class Part(Struct, kw_only=True):
    """How far a project, task or job is. A job has the frames `first` to `last`, both included.

    Objects on a frame that two jobs share are in each of them; the frame itself counts once in their task. `frames`
    and all other figures leave out the `deleted` frames.
    """

    id: int
    name: str = ""
    first: int | None = None
    last: int | None = None
    jobs: dict[Status, int]
    frames: int
    frames_with_objects: int = 0
    objects: int = 0
    deleted: int = 0


def new_part(
    part_id: int,
    *,
    name: str = "",
    frames: int = 0,
    first: int | None = None,
    last: int | None = None,
    deleted: int = 0,
) -> Part:
    """Return a part with nothing in it yet. Of its frames, `first` to `last` for a job, `deleted` do not count."""
    if first is not None and last is not None:
        frames = last - first + 1
    return Part(
        id=part_id,
        name=name,
        first=first,
        last=last,
        frames=frames - deleted,
        jobs=dict.fromkeys(STATUSES, 0),
        deleted=deleted,
    )


def sum_parts(whole_id: int, name: str, parts: Iterable[Part]) -> Part:
    """Return how far the whole is that consists of the parts."""
    whole = new_part(whole_id, name=name)
    for part in parts:
        whole.frames += part.frames
        whole.frames_with_objects += part.frames_with_objects
        whole.objects += part.objects
        whole.deleted += part.deleted
        for status, count in part.jobs.items():
            whole.jobs[status] += count
    return whole


class LabelCount(Struct, frozen=True):
    """Objects of a label."""

    id: int
    name: str
    color: str
    objects: int


class Progress(Struct, frozen=True):
    """How far a project, task or job is, label by label and part by part: a project's tasks, a task's jobs."""

    whole: Part
    labels: Sequence[LabelCount]
    parts: Sequence[Part]


class ToldEvent(Struct, frozen=True, kw_only=True):
    """An event as people are shown it."""

    id: int
    at_utc: str
    received_utc: str
    user: Person | None
    name: str
    client_id: int
    is_active: bool
    job_id: int | None
    task_id: int | None
    project_id: int | None
    message: str
    payload: str
    duration_ms: int | None
    working_ms: int | None
    count: int | None


def find_zone(name: str) -> tzinfo:
    """Return the zone of an IANA name. Raises Invalid; machines without a table of zones know UTC alone."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:  # names that are no path, a folder, or unknown
        raise Invalid("{name!r} is no time zone, expected a name such as Asia/Shanghai", name=name,
                      field="zone") from error  # fmt: skip


def period(first: date | None, last: date | None, zone: tzinfo) -> tuple[str | None, str | None]:
    """Return from when on and until when the days `first` to `last`, both included, last in the zone.

    Raises:
        Invalid: the last day lies before the first.
    """
    if first is not None and last is not None and last < first:
        raise Invalid("{last} lies before {first}", last=last, first=first, field="to")
    return (
        None if first is None else _begin(first, zone),
        None if last is None else _begin(last + timedelta(days=1), zone),
    )


def _begin(day: date, zone: tzinfo) -> str:
    return utc_text(datetime.combine(day, time.min, zone))


def shifts(zone: tzinfo, first_utc: str, last_utc: str) -> list[Shift]:
    """Return how far the zone's clock is ahead of UTC between two moments, piece by piece."""
    last = datetime.fromisoformat(last_utc)
    moment = max(datetime.fromisoformat(first_utc), last - timedelta(days=_YEARS * _YEAR_DAYS))
    found: list[Shift] = []
    while moment < last:
        following = min(moment + timedelta(days=1), last)
        if _ahead(zone, moment) != _ahead(zone, following):
            found.append(Shift(utc_text(_change(zone, moment, following)), _ahead(zone, moment)))
        moment = following
    return [*found, Shift(None, _ahead(zone, last))]


def _ahead(zone: tzinfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None, "the moment is aware"
    return round(offset.total_seconds())


def _change(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """Return the first second that has the offset of `after`."""
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if _ahead(zone, middle) == _ahead(zone, before):
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def in_order(rows: Iterable[WorkRow], by: Sequence[By]) -> list[WorkRow]:
    """Return the rows by what they are the work of: people by name, nobody and nothing last."""

    def place(row: WorkRow) -> list[tuple[bool, Any]]:
        values = (row.keys[name] for name in by)
        return [(value is None, _sortable(value)) for value in values]

    return sorted(rows, key=place)


def _sortable(value: Any) -> Any:
    return value.username if isinstance(value, Person) else 0 if value is None else value
