"""What the pages say, from their own dictionaries: tests name keys, so that better words break nothing."""

import json
import re
from functools import cache
from pathlib import Path

_LOCALES = Path(__file__).parents[2] / "web" / "src" / "locales"


@cache
def _dictionary(locale: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((_LOCALES / locale).glob("*.json")):
        found |= json.loads(path.read_text())
    return found


def text(key: str, locale: str = "en-US", **params: object) -> str:
    """The text of `key`, its holes filled with `params`."""
    return re.sub(r"\{(\w+)\}", lambda hole: str(params.get(hole[1], hole[0])), _dictionary(locale)[key])


def like(key: str, locale: str = "en-US") -> re.Pattern[str]:
    """A pattern for the text of `key` with anything in its holes."""
    parts = re.split(r"\{\w+\}", _dictionary(locale)[key])
    return re.compile(".*".join(map(re.escape, parts)))
