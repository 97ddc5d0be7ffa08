"""The promises of the lock files and of the hook that builds the web app."""

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.fixture(scope="module")
def hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path):
    """A small copy of the project's web sources, with something built from them."""
    web = tmp_path / "web"
    shutil.copytree(ROOT / "web" / "src", web / "src")
    shutil.copy(ROOT / "web" / "package.json", web)
    static = tmp_path / "src" / "labelwright" / "static"
    static.mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html>")
    return tmp_path


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param("v20.18.3", False, id="20 too old"),
        pytest.param("v20.19.0", True, id="20 at its first good release"),
        pytest.param("v21.7.0", False, id="21 is never good"),
        pytest.param("v22.11.0", False, id="22 too old"),
        pytest.param("v22.12.0\n", True, id="22 at its first good release"),
        pytest.param("v24.0.0", True, id="24"),
        pytest.param("v30.1.0", True, id="what comes later"),
        pytest.param("", False, id="no answer"),
    ],
)
def test_only_a_node_that_the_tools_accept_is_good(hook, version, expected):
    assert hook.is_good_version(version) is expected


def test_a_changed_source_makes_the_built_files_stale(hook, tree):
    hook.stamp(tree).write_text(hook.inputs_hash(tree))
    assert hook.is_built(tree)
    (tree / "web" / "src" / "main.tsx").write_text("")
    assert not hook.is_built(tree)


def test_what_is_built_is_not_built_again(hook, tree, monkeypatch):
    hook.stamp(tree).write_text(hook.inputs_hash(tree))
    monkeypatch.setenv("PATH", "")
    hook.build(tree)


def test_without_node_the_build_says_what_to_install(hook, tree, monkeypatch):
    (tree / "web" / "package-lock.json").write_text("{}")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(hook.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"built with Node\.js 20\.19 or newer"):
        hook.build(tree)


def test_skip_web_goes_without_the_web_app(hook, tree, monkeypatch):
    monkeypatch.setenv("SKIP_WEB", "1")
    hook.build(tree)
    assert not hook.stamp(tree).exists()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_a_hash(lock):
    text = lock.read_text()
    pins = re.findall(r"^\S+==\S+", text, re.MULTILINE)
    unhashed = re.findall(r"^\S+==[^\\\n]+\n", text, re.MULTILINE)
    assert pins
    assert unhashed == []


def test_the_product_and_its_tests_are_locked_to_the_same_versions():
    def pins(name):
        return set(re.findall(r"^\S+==.*?(?= \\?$)", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.lock") < pins("requirements-sample.lock") < pins("requirements-dev.lock")


def test_no_file_names_the_address_of_a_package_index():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    index = re.compile(
        r'--(extra-)?index-url [^\n]|--find-links[ =]|"resolved":|^\s*registry\s*=|simple/\s*$', re.MULTILINE
    )
    named = [
        name
        for name in listed.stdout.split("\0")
        if name.endswith((".lock", "package-lock.json", "package.json", ".toml", ".npmrc", "Makefile", ".mk"))
        and index.search((ROOT / name).read_text(errors="replace"))
    ]
    assert named == []


def test_every_locked_npm_package_has_a_version_and_a_hash():
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    bare = [
        name for name, package in packages.items() if name and not {"version", "integrity"} <= package.keys()
    ]
    assert bare == []
