"""What people agree to when they register."""

from collections.abc import Collection, Sequence

import msgspec
from msgspec import Struct

from labelwright.domain.errors import Invalid


class Agreement(Struct, frozen=True, kw_only=True, rename={"display_text": "displayText"}):
    """One agreement, spelled as API v1 sends it: a `name` for programs, `displayText` for people."""

    name: str
    url: str = ""
    required: bool = False
    value: bool = False
    display_text: str = ""


def read_agreements(text: str) -> tuple[Agreement, ...]:
    """Return the agreements of a JSON list, none for an empty text.

    Raises:
        Invalid: it is no such list, or two have one name.
    """
    if not text.strip():
        return ()
    try:
        found = msgspec.json.decode(text, type=tuple[Agreement, ...])
    except msgspec.DecodeError as error:
        raise Invalid("the list of user agreements cannot be read: {reason}", reason=error) from error
    names = [agreement.name for agreement in found]
    if len(set(names)) != len(names):
        raise Invalid("two user agreements have one name, each needs its own")
    return tuple(msgspec.structs.replace(agreement, value=False) for agreement in found)


def missing_agreement(agreements: Sequence[Agreement], accepted: Collection[str]) -> Agreement | None:
    """Return the first agreement that is required and not among the names accepted, None when there is none."""
    return next((each for each in agreements if each.required and each.name not in accepted), None)
