"""The dialects of API v1 on record (rest-api contract, 18): how people and projects look on the way out.

On the way in every spelling is accepted on every mount.
"""

from typing import Any, Literal

from msgspec import Struct

from labelwright.domain.users import Person


class Dialect(Struct, frozen=True):
    """`people` as "objects", user "names" or "ids".

    `is_own` is what our own pages speak: May 2021's, and beyond it what API v1 has no word for.

    The two before May 2021 know no reviewers, dimension, subset and labels of projects, and say `project` for
    `project_id`. That of 2020 knows no colours of labels and no source of objects either, but a task's `z_order`.
    """

    name: str
    people: Literal["objects", "names", "ids"]
    is_own: bool = False

    @property
    def is_newest(self) -> bool:
        return self.people == "objects"

    @property
    def is_platform(self) -> bool:
        return self.people == "names"

    @property
    def is_oldest(self) -> bool:
        return self.people == "ids"

    def person(self, person: Person | None, base_url: str) -> Any:
        """Return `person` as this dialect shows one."""
        if person is None:
            return None
        if self.people == "names":
            return person.username
        if self.people == "ids":
            return person.id
        return {
            "url": f"{base_url}/users/{person.id}",
            "id": person.id,
            "username": person.username,
            "first_name": person.first_name,
            "last_name": person.last_name,
        }


MAY_2021 = Dialect("may-2021", "objects")
PLATFORM = Dialect("platform", "names")
UPSTREAM_2020 = Dialect("2020", "ids")
OWN = Dialect("labelwright", "objects", is_own=True)
#: By the name the settings choose them by.
DIALECTS = {dialect.name: dialect for dialect in (MAY_2021, PLATFORM, UPSTREAM_2020, OWN)}
