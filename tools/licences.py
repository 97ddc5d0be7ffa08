"""Fails when a package we use has a licence that is not on the list of those we allow.

Permissive licences pass. A few packages are allowed by name, each for the reason given here; what they
mean for someone who passes Labelwright on stands in NOTICE.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

PERMISSIVE = re.compile(
    r"\b(MIT|MIT-CMU|(Free)?BSD|0BSD|[0-9]-Clause|Apache|ISC|PSF|Python Software|HPND|Zlib)\b", re.IGNORECASE
)
COPYLEFT = re.compile(r"\b(A?GPL|LGPL|General Public|MPL|Mozilla|EUPL|SSPL|CC-BY-NC)", re.IGNORECASE)
ALLOWED = {
    "certifi": "MPL-2.0, a list of certificates, used unmodified; httpx wants it",
    "hypothesis": "MPL-2.0, a test tool, used unmodified; not part of the product",
    "lightningcss": "MPL-2.0, a build tool, used unmodified; not part of the product",
    "pathspec": "MPL-2.0, a build tool, used unmodified; not part of the product",
    "psycopg": "LGPL-3.0, a library of its own that anyone can replace; DBOS and PostgreSQL want it",
    "psycopg-binary": "LGPL-3.0, as psycopg",
    "labelwright": "this project",
}
NPM_LOCK = Path(__file__).resolve().parents[1] / "web" / "package-lock.json"


def main() -> int:
    """Print every package with its licence; return 1 if one is neither permissive nor allowed by name."""
    refused = 0
    packages = [*python_packages(), *npm_packages()]
    for name, version, licence in packages:
        is_permissive = bool(PERMISSIVE.search(licence)) and not COPYLEFT.search(licence)
        verdict = "ok" if is_permissive else ALLOWED.get(name, "NOT ALLOWED")
        refused += verdict == "NOT ALLOWED"
        print(f"{name:28} {version:18} {licence[:40]:40} {verdict}")
    print(f"{len(packages)} packages, {refused} with a licence that is not allowed")
    return int(refused > 0)


def python_packages() -> Iterator[tuple[str, str, str]]:
    """Yield name, version and licence of each package in the environment this runs in."""
    for package in sorted(distributions(), key=lambda each: each.name.lower()):
        yield re.sub(r"[-_.]+", "-", package.name).lower(), package.version, licence_of(package)


def npm_packages() -> Iterator[tuple[str, str, str]]:
    """Yield the same of the web lock; the builds of one package for many platforms count as that package."""
    seen: dict[str, tuple[str, str, str]] = {}
    for path, package in json.loads(NPM_LOCK.read_text())["packages"].items():
        name = path.rpartition("node_modules/")[2]
        family = "lightningcss" if name.startswith("lightningcss-") else name
        if name:
            seen.setdefault(family, (family, package["version"], package.get("license", "none declared")))
    yield from (seen[name] for name in sorted(seen))


def licence_of(package: Distribution) -> str:
    """Return the licence a package declares: its expression, else its classifiers, else its free text."""
    if expressions := package.metadata.get_all("License-Expression"):
        return "; ".join(expressions)
    classifiers = [
        line.rsplit(" :: ", 1)[-1]
        for line in package.metadata.get_all("Classifier") or []
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    if classifiers:
        return "; ".join(classifiers)
    # Free text may be the whole licence; its heading is enough, wherever it stands.
    text = " ".join(" ".join(package.metadata.get_all("License") or []).split())
    found = COPYLEFT.search(text) or PERMISSIVE.search(text)
    return found[0] if found else text or "none declared"


if __name__ == "__main__":
    sys.exit(main())
