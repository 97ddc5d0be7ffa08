"""What stands beside API v1 and has manners of its own: the git routes (rest-api contract, 14).

They answer errors in plain text, and lead strangers to the page that signs in.
"""

from collections.abc import Mapping
from typing import Any, get_args

from labelwright.api.v1.openapi.schemas import Schema, choice, nullable, record, text, time, truth, whole
from labelwright.domain.repositories import Standing

_PLAIN = {"text/plain": {"schema": text()}}
_STATES = choice(*get_args(Standing), about="Not as it is now; being pushed; on its branch; merged.")


def beside_objects() -> dict[str, Schema]:
    """Return the schemas of what the git routes take and answer, by name."""
    optional = {
        "lfs": truth(),
        "format": text("Name of the format it is pushed in."),
        "branch": text(),
        "pushed_date": nullable(time()),
    }
    return {
        "RepositoryRequest": record(
            {"path": text("`URL [path/in/repository.zip]`", least=1, most=1200)},
            {"lfs": truth(), "tid": whole("Not looked at.", least=1), "format": text(most=1200)},
        ),
        "Started": record({"rq_id": text("To be asked about at `check`.")}),
        "Repository": record(
            {
                "url": record({"value": nullable(text())}),
                "status": record({"value": nullable(_STATES), "error": nullable(text())}),
            },
            optional,
            about="All null without a repository; the last four are beyond v1.",
        ),
        "RepositoryOperation": record(
            {"status": choice("queued", "started", "finished", "failed", "unknown")},
            {"stderr": text("Why it failed.")},
        ),
        "RepositoryStates": {
            "type": "object",
            "description": "By the task's id.",
            "additionalProperties": _STATES,
        },
    }


def beside_answers(answers: Mapping[str, Any], *, changes: bool) -> dict[str, Any]:
    """Return the answers of a git route: its own, and the errors of all of them."""
    login = {"application/json": {"schema": record({"login_page_url": text()})}}
    errors: dict[str, Any] = {
        "400": {"description": "Something will not do; the text says what.", "content": _PLAIN},
        "403": {
            "description": "The caller may not do this.",
            "content": {**_PLAIN, **(login if changes else {})},
        },
        "404": {"description": "There is nothing of this id.", "content": _PLAIN},
        "429": {"description": "Too many requests.", "content": _PLAIN},
    }
    if not changes:
        errors["301"] = {"description": "Nobody is signed in: to the page where one does."}
    return {**answers, **errors}
