"""Moments as text."""

from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    """Return the aware `moment` as tables keep it and API v1 sends it: `2021-05-07T02:19:30.897548Z`.

    Microseconds stand there even when they are zero, which v1 leaves out: so texts sort as moments do.
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
