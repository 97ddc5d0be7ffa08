"""The dialects of API v1 on record (rest-api contract, 18): how people and projects look on the way out.

On the way in every spelling is accepted on every mount.
"""

from typing import Any

from msgspec import Struct

from labelwright.domain.users import Person


class Dialect(Struct, frozen=True):
    """`people` as "objects" (May 2021) or user "names" (the AI platform), the latter without reviewers,
    dimension and subset, and with `project` for `project_id`."""

    name: str
    people: str

    def person(self, person: Person | None, base_url: str) -> Any:
        """Return `person` as this dialect shows one."""
        if person is None or self.people == "names":
            return None if person is None else person.username
        return {
            "url": f"{base_url}/users/{person.id}",
            "id": person.id,
            "username": person.username,
            "first_name": person.first_name,
            "last_name": person.last_name,
        }


MAY_2021 = Dialect("may-2021", "objects")
PLATFORM = Dialect("platform", "names")
