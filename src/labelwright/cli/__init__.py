"""The command `labelwright`: what it can be asked, and how it answers when that goes wrong.

Standard library only at import, so that `--help` comes at once; each command imports what it runs.
Exit status: 0 done, 1 it failed, 2 it was asked wrongly; an error is one sentence on standard error.
"""

import argparse
import gc
import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from labelwright import __version__
from labelwright.domain.errors import LabelwrightError

if TYPE_CHECKING:
    _Commands: TypeAlias = argparse._SubParsersAction["_Parser"]

_FAILED, _ASKED_WRONGLY, _INTERRUPTED = 1, 2, 130

_EXAMPLES = """examples:
  labelwright up                      start with sample photographs, data in the default folder
  labelwright up ./photos             label the images of a folder, read where they lie
  labelwright up clip.mp4             label a video; an archive of images or a PDF likewise
  labelwright up --port 0 --data /tmp/try --no-browser
  labelwright user create mei --role annotator
  labelwright doctor                  what is installed, what is missing, every setting

Each setting is also an environment variable LABELWRIGHT_…; `labelwright doctor` lists them."""
_UP_EXAMPLES = """examples:
  labelwright up
  labelwright up ./photos
  labelwright up clip.mp4             a video, an archive of images or a PDF, read in place too
  labelwright up ./photos --add-new   images that came into the folder become frames of its task
  labelwright up --data ~/lw --port 8000
  LABELWRIGHT_ADMIN_PASSWORD=… labelwright up --no-browser --host 0.0.0.0"""
_SERVE_EXAMPLES = """examples, for many machines on one PostgreSQL and one data folder that all of them see:
  LABELWRIGHT_DATABASE_URL=postgresql://… LABELWRIGHT_OPERATIONS_URL=postgresql://… \\
    labelwright serve --host 0.0.0.0 --data /mnt/labelwright
  LABELWRIGHT_DATABASE_URL=postgresql://… LABELWRIGHT_OPERATIONS_URL=postgresql://… \\
    LABELWRIGHT_DATA=/mnt/labelwright labelwright worker"""
_WORKER_EXAMPLES = """examples:
  LABELWRIGHT_DATA=/mnt/labelwright labelwright worker
  labelwright worker --slot 3"""
_USER_EXAMPLES = """examples:
  labelwright user create mei --role annotator         asks for the password
  labelwright user create li --superuser --password-stdin < secret.txt
  labelwright user list
  labelwright user passwd admin
  labelwright user move mei --to mei.wang              once the server is inside a platform"""
_VERIFY_EXAMPLES = """examples:
  labelwright verify 9                     exit status 1 when a frame is wrong, and its number
  labelwright verify 9 --data ~/lw         the server may run meanwhile"""
_DOCTOR_EXAMPLES = """examples:
  labelwright doctor
  LABELWRIGHT_DATABASE_URL=postgresql://… labelwright doctor"""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, and whose help keeps the lines of its examples."""

    def __init__(self, **options: object) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        self.exit(_ASKED_WRONGLY, f"labelwright: {message}; `{self.prog} --help` shows what can be asked\n")


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of every command; `command` of what it reads names the one asked for."""
    parser = _Parser(
        prog="labelwright", description="Server and browser workbench for labelling images.", epilog=_EXAMPLES
    )
    parser.add_argument("--version", action="version", version=f"labelwright {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    _add_up(commands)
    _add_users(commands)
    verify = _add_command(
        commands, "verify", "prove that every frame of a task is the frame of its file", _VERIFY_EXAMPLES
    )
    verify.add_argument("task", type=int, metavar="TASK", help="number of the task")
    _add_command(
        commands, "doctor", "tell what is installed, what is missing and what that costs", _DOCTOR_EXAMPLES
    )
    serve = _add_command(
        commands, "serve", "run the API alone, without workers, as one of many", _SERVE_EXAMPLES
    )
    _add_address(serve)
    worker = _add_command(
        commands, "worker", "run one worker, beside `labelwright serve`", _WORKER_EXAMPLES, with_data=False
    )
    worker.add_argument("--slot", type=int, metavar="N", help="number of this worker on this machine")
    return parser


def _add_command(
    commands: "_Commands", name: str, summary: str, examples: str, *, with_data: bool = True
) -> argparse.ArgumentParser:
    description = summary[0].upper() + summary[1:] + "."
    parser = commands.add_parser(name, help=summary, description=description, epilog=examples)
    if with_data:
        parser.add_argument("--data", metavar="DIR", help="folder for everything Labelwright keeps")
    return parser


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", metavar="H", help="address to listen on; default 127.0.0.1, this machine only"
    )
    parser.add_argument(
        "--port", type=int, metavar="N", help="port to listen on; default 8080, 0 takes a free one"
    )


def _add_up(commands: "_Commands") -> None:
    parser = _add_command(
        commands, "up", "start the server and its workers, and print an address", _UP_EXAMPLES
    )
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        help="folder of images to label, or one video, archive or PDF; read where it lies",
    )
    _add_address(parser)
    parser.add_argument("--workers", type=int, metavar="N", help="worker processes; default one a core")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--add-new", action="store_true", help="images new in the folder become frames of its task"
    )


def _add_users(commands: "_Commands") -> None:
    parser = _add_command(
        commands, "user", "make, list and move accounts, set passwords", _USER_EXAMPLES, with_data=False
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_Parser)
    create = _add_command(actions, "create", "make an account", _USER_EXAMPLES)
    create.add_argument("name", metavar="NAME")
    create.add_argument(
        "--role",
        action="append",
        metavar="ROLE",
        default=[],
        help="admin, user, annotator or observer; one or more",
    )
    create.add_argument("--superuser", action="store_true", help="give every right")
    _add_command(actions, "list", "list the accounts", _USER_EXAMPLES)
    passwd = _add_command(actions, "passwd", "set a password and end its sessions", _USER_EXAMPLES)
    passwd.add_argument("name", metavar="NAME")
    move = _add_command(
        actions, "move", "give an account's work to somebody of the platform, and delete it", _USER_EXAMPLES
    )
    move.add_argument("name", metavar="NAME")
    move.add_argument("--to", metavar="NAME", help="what the platform calls them; default the same name")
    for asks in (create, passwd):
        way = asks.add_mutually_exclusive_group()
        way.add_argument("--password", metavar="TEXT", help="the password; others on this machine can see it")
        way.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without Chinese letters shows the rest
    parser = make_parser()
    asked = parser.parse_args(arguments)
    if asked.command is None:
        parser.print_help()
        return _ASKED_WRONGLY
    try:
        return _run(asked)
    except LabelwrightError as error:
        return _refuse(error)
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # the reader is gone: nothing more to tell it
        return _FAILED
    except OSError as error:
        return _fail(
            f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
        )
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(asked: argparse.Namespace) -> int:
    if asked.command in ("up", "serve"):
        gc.disable()  # until the app stands (`app.py`)
    if asked.command == "worker":
        return _run_worker(asked)
    if asked.command == "doctor":
        from labelwright.cli.doctor import examine  # each command imports what it runs

        return examine(data=asked.data)
    from labelwright.settings import read_settings

    try:
        settings = read_settings(
            **{name: getattr(asked, name, None) for name in ("data", "host", "port", "workers")},
        )
    except LabelwrightError as error:
        return _refuse(error, status=_ASKED_WRONGLY)
    if asked.command == "user":
        from labelwright.cli import users

        return users.run(settings, asked)
    if asked.command == "verify":
        from labelwright.cli import verify

        return verify.run(settings, asked.task)
    from labelwright.cli import up

    if asked.command == "serve":
        return up.serve(settings)
    return up.up(settings, path=asked.path, add_new=asked.add_new, with_browser=not asked.no_browser)


def _run_worker(asked: argparse.Namespace) -> NoReturn:
    from labelwright import worker

    status = worker.main([] if asked.slot is None else ["--slot", str(asked.slot)])
    sys.stderr.flush()
    os._exit(status)  # a step that would not end in time must not keep the process


def _refuse(error: LabelwrightError, *, status: int = _FAILED) -> int:
    from labelwright.cli.words import in_words

    return _fail(in_words(error.message), status=status)


def _fail(sentence: str, *, status: int = _FAILED) -> int:
    print(f"labelwright: {sentence}", file=sys.stderr)
    return status
