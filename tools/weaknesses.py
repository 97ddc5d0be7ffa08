"""Asks the package registries which locked packages have known weaknesses; fails when one has.

A registry that is a mere mirror may not answer such questions: then this says what was not checked, and
does not fail for it. requirements-dev.lock holds all that the product's own locks hold.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Print what was asked and found, for Python and npm; return 1 if there is a known weakness."""
    return int(ask_python("requirements-dev.lock") + ask_python("requirements-oracles.lock") + ask_npm() > 0)


def ask_python(lock: str) -> int:
    """Return how many known weaknesses the packages of `lock` have."""
    command = [".venv-audit/bin/pip-audit", "--disable-pip", "--require-hashes", "--format=json", "-r", lock]
    finished = subprocess.run(
        [*command, "--progress-spinner=off"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if not finished.stdout:
        print(f"{lock}: NOT CHECKED, pip-audit got no answer: {last_line(finished.stderr)}")
        return 0
    packages = json.loads(finished.stdout)["dependencies"]
    checked = [package for package in packages if "skip_reason" not in package]
    found = [(package["name"], weakness["id"]) for package in checked for weakness in package["vulns"]]
    report(lock, checked=len(checked), unchecked=len(packages) - len(checked), found=found)
    return len(found)


def ask_npm() -> int:
    """Return how many npm packages of the web app and its tools have known weaknesses."""
    command = [sys.executable, "hatch_build.py", "npm", "audit", "--audit=true", "--json"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        answer = json.loads(finished.stdout)
    except json.JSONDecodeError:
        answer = {}
    if "vulnerabilities" not in answer:
        print("web/package-lock.json: NOT CHECKED, the registry does not answer such questions")
        return 0
    found = [(name, weakness["severity"]) for name, weakness in answer["vulnerabilities"].items()]
    total = answer["metadata"]["dependencies"]["total"]
    report("web/package-lock.json", checked=total, unchecked=0, found=found)
    return len(found)


def report(lock: str, *, checked: int, unchecked: int, found: list[tuple[str, str]]) -> None:
    """Print one line for `lock`, and one for each of `found` (package, what is known of it)."""
    missing = f", {unchecked} NOT CHECKED (the registry knows nothing of them)" if unchecked else ""
    print(f"{lock}: {checked} packages checked{missing}, {len(found)} known weaknesses")
    for package, known in found:
        print(f"  {package}: {known}")


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["nothing was said"])[-1]


if __name__ == "__main__":
    sys.exit(main())
