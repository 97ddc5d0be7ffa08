"""Operations as the people who wait for them see them: listed and cancelled."""

from labelwright.deps import Deps
from labelwright.domain import access
from labelwright.domain.errors import NotFound
from labelwright.domain.operations import Operation
from labelwright.domain.users import User
from labelwright.services import call_off, now_utc, people_of_task, require
from labelwright.storage import operations as storage


def list_operations(deps: Deps, *, user: User) -> list[Operation]:
    """Return the operations that are queued or at work, oldest first: one's own, for admins everybody's."""
    with deps.database.read() as tx:
        found = storage.list_unfinished(tx)
    return [each for each in found if each.user_id == user.id or access.is_admin(user)]


def cancel_operation(deps: Deps, *, user: User, operation_id: str) -> Operation:
    """Stop an operation, one's own or of a task one may change. One that has ended stays as it is.

    Its worker stops at its next look and leaves nothing half-made.

    Raises:
        NotFound, Forbidden: as everywhere.
    """
    with deps.database.write() as tx:
        try:
            known = storage.read_operation(tx, operation_id)
        except NotFound as error:
            raise NotFound("Not found.") from error
        if known.user_id != user.id:
            people = None if known.task_id is None else people_of_task(tx, deps, known.task_id)
            require(access.is_admin(user) if people is None else access.may_change_task(user, people))
        is_stopped = storage.cancel(tx, operation_id, now_utc=now_utc(deps))
        found = storage.read_operation(tx, operation_id)
    if is_stopped:
        call_off(deps, operation_id)
    return found
