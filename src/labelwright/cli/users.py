"""`labelwright user create|list|passwd|move`: accounts, as an administrator at the machine makes them."""

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from labelwright import compose
from labelwright.cli.words import say
from labelwright.domain.errors import Invalid
from labelwright.services import accounts, people, users
from labelwright.settings import Settings

if TYPE_CHECKING:
    from labelwright.deps import Deps
    from labelwright.domain.users import User


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Do the action asked for. Raises Invalid, Conflict, NotFound."""
    if asked.action == "list":
        _list(compose.open_deps(settings))
        return 0
    if asked.action == "move":
        other = asked.to or asked.name
        people.move_account(compose.open_deps(settings), username=asked.name, to=other)
        print(say("user moved", name=asked.name, other=other))
        return 0
    password = _password(asked)
    deps = compose.open_deps(settings)
    if asked.action == "passwd":
        accounts.set_password(deps, username=asked.name, password=password)
        print(say("password set", name=asked.name))
        return 0
    account = accounts.NewAccount(username=asked.name, password=password, password_again=password)
    accounts.create_account(
        deps, account=account, roles=tuple(dict.fromkeys(asked.role)), is_admin=asked.superuser
    )
    print(say("user made", name=asked.name))
    return 0


def _password(asked: argparse.Namespace) -> str:
    """Return the password, given or typed twice. Raises Invalid."""
    if asked.password is not None:
        return str(asked.password)
    if asked.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Invalid(say("no terminal"))
    typed = getpass.getpass(say("password", name=asked.name))
    if getpass.getpass(say("password again")) != typed:
        raise Invalid(say("passwords differ"))
    return typed


def _list(deps: "Deps") -> None:
    """Print the accounts, a line each, in columns."""
    _, found = users.list_users(deps, words=[], user_id=None, is_active=None, offset=0, limit=None)
    rows = [say("users").split("\t"), *(_row(user) for user in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _row(user: "User") -> list[str]:
    rights = [say("superuser")] * user.is_superuser + [say("switched off")] * (not user.is_active)
    return [
        str(user.id),
        user.username,
        ", ".join(user.roles) or "–",
        ", ".join(rights) or "–",
        user.last_login or say("never"),
    ]
