"""People beside what they own or work on: joined, read and ordered by, in every list alike."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Text

from labelwright.domain.users import Person
from labelwright.storage import Transaction
from labelwright.storage.tables import users

owner, assignee, reviewer = users.alias("owner"), users.alias("assignee"), users.alias("reviewer")


def person_columns(alias: Any, prefix: str) -> list[ColumnElement[Any]]:
    """Return the columns `read_person` reads besides `PREFIX_id`."""
    return [alias.c[name].label(f"{prefix}_{name}") for name in ("username", "first_name", "last_name")]


def read_person(row: Row[Any], prefix: str) -> Person | None:
    """Return the person the row names, None when it names nobody."""
    fields = row._mapping
    user_id = fields[f"{prefix}_id"]
    if user_id is None:
        return None
    return Person(
        user_id, fields[f"{prefix}_username"], fields[f"{prefix}_first_name"], fields[f"{prefix}_last_name"]
    )


def order_by(tx: Transaction, column: ColumnElement[Any], *, descending: bool) -> ColumnElement[Any]:
    """Order by code points on every database, nobody after everybody; descending is the reverse."""
    if isinstance(column.type, Text) and not tx.is_sqlite:
        column = column.collate("C")
    return column.desc().nulls_first() if descending else column.asc().nulls_last()
