"""Operations: long work a worker does, as people see it.

A state moves queued → started → finished, failed or cancelled, and never back. A failed state stays
readable until what it worked on is deleted (API v1 contract, 9.3).
"""

from typing import Any, Literal

from msgspec import Struct

from labelwright.domain.sentences import Sentence

Kind = Literal["media", "export", "import", "connect", "push", "publish", "crop", "hash"]
State = Literal["queued", "started", "finished", "failed", "cancelled"]


class Operation(Struct, frozen=True, kw_only=True):
    """One row of the operations table. Times are ISO-8601 UTC text.

    `progress` is 0 to 1; `message` says in words how far it is, or why it failed.
    """

    id: str
    kind: Kind
    key: str
    task_id: int | None
    user_id: int | None
    state: State
    progress: float
    message: Sentence
    request: dict[str, Any]
    result: dict[str, Any] | None
    created_utc: str
    updated_utc: str
    collected: bool

    @property
    def is_running(self) -> bool:
        """Whether a worker has it or will have it."""
        return self.state in ("queued", "started")
