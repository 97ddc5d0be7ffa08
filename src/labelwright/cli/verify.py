"""`labelwright verify TASK`: whether every frame that is served is the frame of its file."""

import sys
from collections.abc import Callable

from labelwright import compose
from labelwright.cli.words import in_words, say
from labelwright.services import videos
from labelwright.settings import Settings


def run(settings: Settings, task_id: int) -> int:
    """Read all frames of the task, print those that are wrong; return the exit status.

    Raises:
        NotFound: there is no such task, it has no frames, or its video is gone.
        InvalidMedia: another video lies in the place of its video.
    """
    found = videos.verify_task(
        compose.open_deps(settings), task_id=task_id, heard=_shown(sys.stderr.isatty())
    )
    for wrong in found.wrong:
        row = wrong.row
        print(say("frame wrong", frame=row.frame, name=row.name, reason=in_words(wrong.reason)))
    if found.spare:
        print(say("pictures spare", count=found.spare))
    assert found.task.media is not None
    size = f"{found.task.media.size:,}"
    if found.is_good:
        print(say("task verified", id=task_id, name=found.task.name, count=size))
        return 0
    print(
        say("task not verified", id=task_id, name=found.task.name, count=size, wrong=f"{len(found.wrong):,}")
    )
    return 1


def _shown(is_terminal: bool) -> Callable[[float], None]:
    """Return what shows how far it is, on a terminal alone: whoever keeps the output wants the outcome."""
    said = -1

    def show(share: float) -> None:
        nonlocal said
        percent = int(100 * share)
        if is_terminal and percent != said:
            print(f"\r{percent}%\r", end="", file=sys.stderr, flush=True)
            said = percent

    return show
