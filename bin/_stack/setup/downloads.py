"""How much had to be downloaded: the sizes the lock records for the files that were installed."""

import os
import re
from typing import Dict, List, Set, Tuple

UV_WHEEL = 17600000
FILE = re.compile(r'url = "[^"]*/([^"/]+)"[^}]*?size = (\d+)')


def installed(venv: str, lock: str) -> Tuple[int, int]:
    """Bytes and number of the packages in this environment."""
    with open(lock) as file:
        sizes = {name.lower(): int(size) for name, size in FILE.findall(file.read())}
    by_release: Dict[str, List[str]] = {}
    for name in sizes:
        by_release.setdefault(_release(name), []).append(name)
    total = count = 0
    for release, tags in _installed_releases(venv):
        count += 1
        fitting = [name for name in by_release.get(release, ()) if _tags_of(name) & tags]
        source = [name for name in by_release.get(release, ()) if name.endswith(".tar.gz")]
        total += sizes[(fitting or source)[0]] if fitting or source else 0
    return total, count


def _installed_releases(venv: str) -> List[Tuple[str, Set[str]]]:
    found = []
    for folder, _, files in os.walk(os.path.join(venv, "lib")):
        if not folder.endswith(".dist-info") or "WHEEL" not in files:
            continue
        with open(os.path.join(folder, "WHEEL")) as file:
            tags = {line.split(":", 1)[1].strip().lower() for line in file if line.startswith("Tag:")}
        found.append((_plain(os.path.basename(folder)[: -len(".dist-info")]), tags))
    return found


def _release(name: str) -> str:
    """`name-version` of a file of the index."""
    stem = name[: -len(".tar.gz")] if name.endswith(".tar.gz") else "-".join(name.split("-")[:2])
    return _plain(stem)


def _plain(release: str) -> str:
    name, _, version = release.lower().rpartition("-")
    return re.sub(r"[-_.]+", "_", name) + "-" + version


def _tags_of(name: str) -> Set[str]:
    if not name.endswith(".whl"):
        return set()
    pythons, abis, platforms = name[: -len(".whl")].split("-")[-3:]
    return {
        "-".join((python, abi, platform))
        for python in pythons.split(".")
        for abi in abis.split(".")
        for platform in platforms.split(".")
    }
