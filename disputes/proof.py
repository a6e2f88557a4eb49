"""Proving an evidence pack: hashes over canonical JSON, recomputed from nothing but the file. No database, no settings."""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

FORMAT = "syntharra-evidence/1"
MOST_BYTES = 512 * 1024 * 1024
_HEAD = ("format", "business", "dispute", "made_at", "made_by", "anchor")


class Changed(Exception):
    """The pack is not what was made; the message names the first item that differs."""


class Unreadable(Exception):
    """This is no evidence pack, or not all of one; the message says what is missing."""


def sha256_of(value: Any) -> str:
    """Over canonical JSON: keys sorted, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(head: dict[str, Any], items: Iterable[tuple[str, str, datetime | None, dict[str, Any]]]) -> dict[str, Any]:
    """A pack: each item with the hash of its content, and one over the head and all of those."""
    listed = []
    for kind, name, at, facts in items:
        item = {"kind": kind, "name": name, "at": at.isoformat() if at else None, "facts": facts}
        listed.append({**item, "sha256": sha256_of(item)})
    pack = {**head, "items": listed}
    return {**pack, "sha256": _whole(pack)}


def verify(pack: Any) -> int:
    """How many items hold. Raises Changed at the first that does not, Unreadable where it is no pack."""
    if not isinstance(pack, dict) or pack.get("format") != FORMAT or not isinstance(pack.get("items"), list):
        raise Unreadable(f"this is no evidence pack of the form {FORMAT}")
    for number, item in enumerate(pack["items"], start=1):
        _check(number, item)
    if pack.get("sha256") != _whole(pack):
        raise Changed("the head of the pack, or the list of its items, was changed")
    return len(pack["items"])


def verify_file(path: Path) -> tuple[str, int]:
    """The dispute's number and how many items hold, of a JSON file or of the whole archive with its files."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(f"{path.name} is larger than any pack")
        if not zipfile.is_zipfile(path):
            pack = json.loads(path.read_text(encoding="utf-8"))
            return _named(pack)
        with zipfile.ZipFile(path) as archive:
            pack = json.loads(archive.read("evidence.json"))
            found = _named(pack)
            _check_files(pack, archive)
            return found
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise Unreadable(f"{path.name} cannot be read as an evidence pack: {error}") from error


def _named(pack: Any) -> tuple[str, int]:
    count = verify(pack)
    return str(pack["dispute"].get("number", "")) if isinstance(pack.get("dispute"), dict) else "", count


def _check(number: int, item: Any) -> None:
    name = item.get("name", "") if isinstance(item, dict) else ""
    bare = {key: value for key, value in item.items() if key != "sha256"} if isinstance(item, dict) else {}
    if not bare or item.get("sha256") != sha256_of(bare):
        raise Changed(f"item {number} was changed: {name or 'nobody can tell what it was'}")
    if item.get("kind") == "activity":
        _check_line(number, name, item["facts"])


def _check_line(number: int, name: str, facts: dict[str, Any]) -> None:
    """A line of the record proves itself, too: its hash is made of its own parts and of the line before it."""
    parts = {key: value for key, value in facts.items() if key not in ("hash", "facts")}
    if hashlib.sha256(_as_recorded(parts)).hexdigest() != facts.get("hash"):
        raise Changed(f"item {number} does not fit the record it is from: {name}")
    said = facts.get("facts")
    if said is not None and hashlib.sha256(_as_recorded(said)).hexdigest() != facts.get("details"):
        raise Changed(f"item {number} does not fit the record it is from: {name}")


def _as_recorded(value: Any) -> bytes:
    """As ``accounts.timeline.digest`` writes it down."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _check_files(pack: dict[str, Any], archive: zipfile.ZipFile) -> None:
    there = set(archive.namelist())
    for item in pack["items"]:
        key = f"files/{item['facts'].get('sha256', '')}"
        if item["kind"] == "file" and key in there:
            if hashlib.sha256(archive.read(key)).hexdigest() != item["facts"]["sha256"]:
                raise Changed(f"the file itself was changed: {item['name']}")
        elif item["kind"] == "file" and not item["facts"].get("removed_at"):
            raise Changed(f"the file is missing: {item['name']}")


def _whole(pack: dict[str, Any]) -> str:
    hashes = [item.get("sha256") if isinstance(item, dict) else None for item in pack["items"]]
    return sha256_of({**{key: pack.get(key) for key in _HEAD}, "items": hashes})
