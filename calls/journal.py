"""What a call decided and the database would not take: kept in files of this machine, and tried again until it is done.

One file an act, readable by nobody else; whoever tries it locks it first, so two never do the same.
"""

import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from django.conf import settings

from calls import acts as doing
from calls.acts import Scene
from calls.agent import acts
from calls.agent.codec import CodecError, pack, unpack
from syntharra import logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)


class Unreadable(ValueError):
    """A file of the journal that we did not write; it is left where it lies, with its name in the log."""


def spool(business_id: UUID, scene: Scene, act: acts.Act) -> Path:
    """Keep an act that could not be carried out. On disk before this returns."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = {**asdict(scene), "line_id": str(scene.line_id), "call_id": str(scene.call_id)}
    entry = {"business": str(business_id), "scene": said, "act": type(act).__name__, "facts": pack(act)}
    path = folder / f"{uuid.uuid4().hex}.act"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(entry, file, default=str)
        file.flush()
        os.fsync(file.fileno())
    log.error("act_spooled", act=type(act).__name__, attempt=said["line_id"])
    return path


def retry() -> int:
    """Carry out what was spooled here; how many acts were done. What fails again is kept for the next time."""
    return sum(_again(path) for path in _waiting())


def _waiting() -> Iterator[Path]:
    folder = _folder()
    return iter(sorted(folder.glob("*.act"))) if folder.is_dir() else iter(())


def _again(path: Path) -> int:
    try:
        with path.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            business_id, scene, act = _read(file.read())
            with acting_for(business_id):
                doing.carry_out(scene, [act])
            path.unlink()
    except (FileNotFoundError, BlockingIOError):  # somebody else has it, or had it
        return 0
    except Unreadable as error:
        log.error("journal_unreadable", file=path.name, error=str(error))
        return 0
    except Exception:  # it stays where it is, and is tried again
        log.exception("act_still_spooled", file=path.name)
        return 0
    return 1


def _read(text: str) -> tuple[UUID, Scene, acts.Act]:
    try:
        entry = json.loads(text)
        said = entry["scene"]
        scene = Scene(
            line_id=UUID(said.get("line_id") or said["attempt_id"]),  # as older files call it
            call_id=UUID(said["call_id"]),
            language=said["language"],
            evidence=said["evidence"],
        )
        kind = getattr(acts, entry["act"])
        return UUID(entry["business"]), scene, unpack(kind, entry["facts"])
    except (ValueError, KeyError, TypeError, AttributeError, CodecError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def _folder() -> Path:
    return Path(settings.CALL_JOURNAL)
