"""The short commands as processes: help, versions, accounts, the doctor, settings that cannot be."""

import re
import subprocess
import sys

import pytest

from labelwright import __version__
from labelwright.cli.words import SENTENCES, is_chinese


def test_help_of_every_command_has_examples(run):
    for command in (
        [],
        ["up"],
        ["serve"],
        ["worker"],
        ["doctor"],
        ["user"],
        ["user", "create"],
        ["user", "passwd"],
    ):
        answer = run(*command, "--help")
        assert answer.returncode == 0
        assert "examples" in answer.stdout, command


def test_help_needs_the_standard_library_alone():
    heavy = ("numpy", "litestar", "msgspec", "sqlalchemy", "asyncio")
    code = f"import sys, labelwright.cli; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_version(run):
    assert run("--version").stdout == f"labelwright {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        pytest.param(["up", "--port", "abc"], {}, "argument --port: invalid int value: 'abc'", id="a flag"),
        pytest.param(["fly"], {}, "invalid choice: 'fly'", id="no such command"),
        pytest.param(
            ["up"],
            {"LABELWRIGHT_PORT": "abc"},
            "LABELWRIGHT_PORT is 'abc', expected a whole number",
            id="a value",
        ),
        pytest.param(["up", "--port", "70000"], {}, "port 70000 is none, expected 0 to 65535", id="no port"),
        pytest.param(["up"], {"LABELWRIGHT_FOO": "1"}, "LABELWRIGHT_FOO is no setting", id="no such setting"),
        pytest.param(
            ["user", "list"],
            {"LABELWRIGHT_DATABASE_URL": "mysql://x"},
            "expected sqlite:///… or",
            id="a database",
        ),
    ],
)
def test_what_cannot_be_asked_is_one_sentence_and_status_2(run, arguments, environ, said):
    answer = run(*arguments, **environ)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_accounts_are_made_listed_and_given_passwords(run):
    assert (
        run("user", "create", "mei", "--role", "annotator", "--password", "p").stdout == "user mei is made\n"
    )
    assert run("user", "create", "li", "--superuser", "--password-stdin", stdin="secret\n").returncode == 0
    assert run("user", "passwd", "mei", "--password-stdin", stdin="other\n").returncode == 0
    lines = run("user", "list").stdout.splitlines()
    assert [line.split()[1:4] for line in lines[1:]] == [
        ["mei", "annotator", "–"],
        ["li", "admin", "superuser"],
    ]
    assert "王芳's of the platform now" in run("user", "move", "mei", "--to", "王芳").stdout
    assert len(run("user", "list").stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["create", "a b", "--password", "p"], "Enter a valid username.", id="a name with a space"
        ),
        pytest.param(
            ["create", "mei", "--role", "king", "--password", "p"],
            "there is no role 'king'",
            id="no such role",
        ),
        pytest.param(["create", "mei", "--password", ""], "at least one character", id="an empty password"),
        pytest.param(["create", "mei"], "give it with --password-stdin", id="nobody to ask"),
        pytest.param(["passwd", "mei", "--password", "p"], "there is no user named mei", id="no such user"),
    ],
)
def test_an_account_that_cannot_be_is_one_sentence_and_status_1(run, arguments, said):
    answer = run("user", *arguments)
    assert answer.returncode == 1
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_the_doctor_shows_everything_but_secrets_and_makes_nothing(run, tmp_path):
    answer = run("doctor", LABELWRIGHT_SECRET_KEY="hidden-key", LABELWRIGHT_SESSION_DAYS="3")
    assert answer.returncode == 0, answer.stdout
    assert "hidden-key" not in answer.stdout
    lines = [line.split() for line in answer.stdout.splitlines()]
    assert ["LABELWRIGHT_SESSION_DAYS", "3", "environment"] in lines
    assert ["LABELWRIGHT_PORT", "8080", "default"] in lines
    assert {line[1] for line in lines if line[:1] == ["ok"]} >= {"av", "pypdfium2", "x264"}
    assert not (tmp_path / "data").exists()


def test_the_doctor_says_what_goes_without_git(run, tmp_path):
    assert [line for line in run("doctor").stdout.splitlines() if line.split()[:2] == ["ok", "git"]]
    missing = [line for line in run("doctor", PATH=str(tmp_path)).stdout.splitlines() if " git " in line]
    assert [line.split()[0] for line in missing] == ["missing"]
    assert "cannot be pushed to repositories" in missing[0]


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        pytest.param(
            {"LABELWRIGHT_DATABASE_URL": "postgresql://u:pw@127.0.0.1:1/x"}, "cannot be used", id="database"
        ),
        pytest.param({"LABELWRIGHT_PORT": "abc"}, "expected a whole number", id="setting"),
        pytest.param({"LABELWRIGHT_SHARE": "/no/such"}, "/no/such is no folder", id="share"),
        pytest.param({"LABELWRIGHT_GIT_ROOT": "/no/such"}, "/no/such is no folder", id="repositories"),
        pytest.param({"LABELWRIGHT_GIT_SSH_KEY": "/no/such"}, "/no/such is no file", id="key"),
    ],
)
def test_the_doctor_finds_what_is_broken(run, environ, said):
    answer = run("doctor", **environ)
    assert answer.returncode == 1
    assert [line for line in answer.stdout.splitlines() if line.startswith("  broken") and said in line]
    assert ":pw@" not in answer.stdout


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, False, id="nothing set"),
        pytest.param({"LANG": "zh_CN.UTF-8"}, True, id="LANG"),
        pytest.param({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, False, id="LC_ALL goes first"),
        pytest.param({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, True, id="an empty one is none"),
    ],
)
def test_the_language_is_that_of_the_environment(environ, expected):
    assert is_chinese(environ) is expected


def test_both_languages_fill_the_same_braces():
    for key, (english, chinese) in SENTENCES.items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", chinese)), key


def test_what_goes_wrong_is_said_in_chinese_where_the_language_is(run):
    wrong = run("up", LABELWRIGHT_PORT="abc", LC_ALL="zh_CN.UTF-8")
    assert wrong.stderr == "labelwright: LABELWRIGHT_PORT 为 'abc'，应为整数\n"
    assert "broken" not in run("doctor", LABELWRIGHT_PORT="abc", LC_ALL="zh_CN.UTF-8").stdout
