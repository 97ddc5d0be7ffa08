"""The operations: each a few steps that call services, and what becomes of it in our own table.

A step runs a service function `(deps, operation, progress) -> dict`. Step by step the dicts are merged: the next
step finds them in `operation.result`, the last one leaves them there for people. A step that fails ends the
operation. A step may be run again from its beginning when its worker was killed, so it must be safe to repeat.
"""

import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from labelwright.domain.errors import Cancelled, LabelwrightError
from labelwright.domain.operations import Operation
from labelwright.domain.sentences import Sentence
from labelwright.domain.times import utc_text
from labelwright.ports import Progress
from labelwright.storage import operations as rows

if TYPE_CHECKING:
    from labelwright.deps import Deps
    from labelwright.operations.engine import Step, Workflow

#: A step's work: returns what is to be kept of it, as JSON-able values.
Run = Callable[["Deps", Operation, Progress], dict[str, Any]]


class Stage(NamedTuple):
    """A step: its `name` never changes; of the progress people see it takes the share its `weight` has in the sum."""

    name: str
    run: Run
    weight: float = 1.0


#: The steps of one kind of operation.
Steps = Sequence[Stage]
#: What a step leaves with DBOS: None when the operation is over.
_Kept = dict[str, Any] | None

#: Seconds between two writes of progress.
PROGRESS_S = 0.25


def _read_media(deps: "Deps", operation: Operation, progress: Progress) -> dict[str, Any]:
    from labelwright.services import appending, media, reloading  # codecs cost memory a worker may never need

    if operation.request.get("append"):
        return appending.run_append(deps, operation, progress)
    if operation.request.get("reload"):
        return reloading.run_reload(deps, operation, progress)
    return media.read_media(deps, operation, progress)


def _import_dataset(deps: "Deps", operation: Operation, progress: Progress) -> dict[str, Any]:
    from labelwright.services import imports

    return imports.import_dataset(deps, operation, progress)


def _run_export(deps: "Deps", operation: Operation, progress: Progress) -> dict[str, Any]:
    from labelwright.services import exports

    return exports.run_export(deps, operation, progress)


def _run_import(deps: "Deps", operation: Operation, progress: Progress) -> dict[str, Any]:
    from labelwright.services import imports

    return imports.run_import(deps, operation, progress)


def _run_connect(deps: "Deps", operation: Operation, progress: Progress) -> dict[str, Any]:
    from labelwright.services import repositories

    return repositories.run_connect(deps, operation, progress)


def _run_push(deps: "Deps", operation: Operation, progress: Progress) -> dict[str, Any]:
    from labelwright.services import repositories

    return repositories.run_push(deps, operation, progress)


def _run_crop(deps: "Deps", operation: Operation, progress: Progress) -> dict[str, Any]:
    from labelwright.services import crops

    return crops.run_crop(deps, operation, progress)


def _run_publishing(deps: "Deps", operation: Operation, progress: Progress) -> dict[str, Any]:
    from labelwright.services import publishing

    return publishing.run_publishing(deps, operation, progress)


def _run_release(deps: "Deps", operation: Operation, progress: Progress) -> dict[str, Any]:
    from labelwright.services import publishing

    return publishing.run_release(deps, operation, progress)


def _run_hashing(deps: "Deps", operation: Operation, progress: Progress) -> dict[str, Any]:
    from labelwright.services import videos

    return videos.run_hashing(deps, operation, progress)


#: Every kind of operation.
KINDS: Mapping[str, Steps] = {
    "media": [Stage("read", _read_media, weight=9), Stage("import", _import_dataset)],
    "export": [Stage("run", _run_export)],
    "import": [Stage("run", _run_import)],
    "connect": [Stage("run", _run_connect)],
    "push": [Stage("export", _run_export), Stage("push", _run_push)],
    "publish": [Stage("write", _run_publishing), Stage("release", _run_release)],
    "crop": [Stage("run", _run_crop)],
    "hash": [Stage("run", _run_hashing)],
}


def make_workflows(
    deps: "Deps", kinds: Mapping[str, Steps], *, is_cancelled: Callable[[str], bool]
) -> dict[str, "Workflow"]:
    """Return the workflows of `kinds` for an engine. `is_cancelled` asks the queue about an operation's id."""
    return {kind: _workflow(deps, steps, is_cancelled) for kind, steps in kinds.items()}


def guarded(function: Callable[[], object]) -> bool:
    """Run `function`; whether it came to its end. What it raises is told on standard error and goes no further."""
    try:
        function()
    except Exception:  # one of the two places: a full disk must not end a worker that may go on later
        traceback.print_exc(file=sys.stderr)
        return False
    return True


def make_progress(
    deps: "Deps",
    operation_id: str,
    *,
    is_cancelled: Callable[[str], bool],
    first: float = 0.0,
    last: float = 1.0,
    monotonic: Callable[[], float] = time.monotonic,
) -> Progress:
    """Return a `Progress` whose fractions 0 to 1 are kept as `first` to `last`, at most every `PROGRESS_S` seconds.

    What people see never goes back, whatever is read twice. Where it writes, it also looks whether the operation
    was cancelled, in our table or at the queue.
    """
    written_s, furthest = -PROGRESS_S, first

    def report(fraction: float, message: Sentence) -> None:
        nonlocal written_s, furthest
        if monotonic() - written_s < PROGRESS_S:
            return
        now_utc = utc_text(deps.clock())
        furthest = max(furthest, first + fraction * (last - first))
        with deps.database.write() as tx:
            wanted = rows.report_progress(
                tx, operation_id, fraction=furthest, message=message, now_utc=now_utc
            )
        if not wanted or is_cancelled(operation_id):
            raise Cancelled("operation {id} was cancelled", id=operation_id)
        written_s = monotonic()

    return report


def _workflow(deps: "Deps", steps: Steps, is_cancelled: Callable[[str], bool]) -> "Workflow":
    def workflow(operation_id: str, step: "Step") -> None:
        kept: dict[str, Any] = {}
        ends = [0.0, *accumulate(stage.weight for stage in steps)]
        for index, stage in enumerate(steps):
            first, last = ends[index] / ends[-1], ends[index + 1] / ends[-1]
            progress = make_progress(deps, operation_id, is_cancelled=is_cancelled, first=first, last=last)
            is_last = index == len(steps) - 1
            work = partial(_run_step, deps, operation_id, stage.run, kept, progress, is_last)
            left: _Kept = step(stage.name, work)
            if left is None:
                return
            kept = left

    return workflow


def _run_step(
    deps: "Deps", operation_id: str, run: Run, before: dict[str, Any], progress: Progress, is_last: bool
) -> _Kept:
    """Run one step, keep in our table what became of it; return what the steps left so far, None when it is over."""
    try:
        operation = _begin(deps, operation_id)
        if operation is None:
            return None
        kept = {**before, **run(deps, msgspec.structs.replace(operation, result=before), progress)}
    except Cancelled:
        _settle(deps, rows.cancel, operation_id)
    except LabelwrightError as error:
        _settle(deps, rows.fail, operation_id, message=error.message, result={"error": type(error).__name__})
    except Exception as error:  # one of the two places: the worker must outlive a bug in one operation
        traceback.print_exc(file=sys.stderr)
        name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        sentence = Sentence("{error}: {reason}", error=name, reason=error)
        _settle(deps, rows.fail, operation_id, message=sentence, result={"error": type(error).__name__})
    else:
        if not is_last:
            return kept
        _settle(deps, rows.finish, operation_id, result=kept)
    return None


def _begin(deps: "Deps", operation_id: str) -> Operation | None:
    """Say that a worker has the operation; None when it is over or was deleted with its task."""
    with deps.database.write() as tx:
        if not rows.set_started(tx, operation_id, now_utc=utc_text(deps.clock())):
            return None
        return rows.read_operation(tx, operation_id)


def _settle(deps: "Deps", move: Callable[..., bool], operation_id: str, **outcome: Any) -> None:
    with deps.database.write() as tx:
        move(tx, operation_id, now_utc=utc_text(deps.clock()), **outcome)
