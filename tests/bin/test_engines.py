"""The embedded database: two plain roles behind passwords, and a data folder that heals."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis
from _stack import templates
from _stack.engines import Engines
from _stack.ports import HOST, Ports
from _stack.postgres import APP, OWNER, Postgres
from _stack.processes import Family
from _stack.setup.progress import StepFailed
from _stack.valkey import Valkey

NOBODY = 65534
AS_NOBODY = ("setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups")
ROOT = Path(__file__).resolve().parent.parent.parent


def new_server(folder: Path) -> Postgres:
    """As for tests: without waiting for the disk, and copied, which is quicker than made."""
    server = Postgres(folder / "postgres", folder / "postgres.log", quick=True)
    if not server.data.exists():
        templates.plain(server)
    return server


def test_the_app_connects_as_a_plain_role_and_the_owner_may_make_databases(engine_folder: Path, family: Family) -> None:
    server = new_server(engine_folder)
    server.prepare()
    server.start(family, Ports(), None)

    with psycopg.connect(server.url(OWNER)) as line:
        found = line.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles "
            "WHERE rolname LIKE 'syntharra%' ORDER BY rolname"
        ).fetchall()
        settings = line.execute("SELECT current_setting('TimeZone'), current_setting('server_encoding')").fetchone()

    assert found == [(APP, False, False, False, False, False), (OWNER, False, False, False, True, False)]
    assert settings == ("UTC", "UTF8")
    with psycopg.connect(server.url(APP)) as line, pytest.raises(psycopg.errors.InsufficientPrivilege):
        line.execute("CREATE TABLE mine (id int)")


@pytest.mark.parametrize("role", ["postgres", APP, OWNER])
def test_nobody_enters_without_a_password(engine_folder: Path, family: Family, role: str) -> None:
    server = new_server(engine_folder)
    server.prepare()
    server.start(family, Ports(), None)

    for host in (HOST, str(server.folder / "socket")):
        with pytest.raises(psycopg.OperationalError, match=r"no password supplied|no pg_hba.conf entry"):
            psycopg.connect(host=host, port=server.port, user=role, dbname="syntharra")


def test_the_data_folder_and_its_passwords_are_closed_to_others(engine_folder: Path) -> None:
    server = new_server(engine_folder)

    server.prepare()

    assert server.data.stat().st_mode & 0o777 == 0o700
    assert (server.folder / "made.json").stat().st_mode & 0o777 == 0o600
    assert "trust" not in (server.data / "pg_hba.conf").read_text()


def test_what_was_written_is_there_after_kill_9_of_the_server(engine_folder: Path, family: Family) -> None:
    server = Postgres(engine_folder / "postgres", engine_folder / "postgres.log")
    server.prepare()
    child = server.start(family, Ports(), None)
    with psycopg.connect(server.url(OWNER)) as line:
        line.execute("CREATE TABLE kept (word text)")
        line.execute("INSERT INTO kept VALUES ('still here')")
    child.process.kill()
    child.process.wait()
    assert (server.data / "postmaster.pid").exists()

    again = new_server(engine_folder)
    again.prepare()
    again.start(family, Ports(), None)

    with psycopg.connect(again.url(OWNER)) as line:
        assert line.execute("SELECT word FROM kept").fetchall() == [("still here",)]


def test_a_server_left_over_from_an_earlier_run_is_ended(engine_folder: Path, family: Family) -> None:
    first = new_server(engine_folder)
    first.prepare()
    child = first.start(family, Ports(), None)

    second = new_server(engine_folder)
    second.prepare()
    second.start(family, Ports(), None)

    assert child.process.wait(timeout=5) == 0
    with psycopg.connect(second.url(APP)) as line:
        assert line.execute("SELECT 1").fetchone() == (1,)


def test_the_pid_of_a_stranger_in_the_data_folder_does_not_stop_us(engine_folder: Path, family: Family) -> None:
    server = new_server(engine_folder)
    server.prepare()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")

    server.prepare()
    server.start(family, Ports(), None)

    with psycopg.connect(server.url(APP)) as line:
        assert line.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(
            lambda s: (s.data / "PG_VERSION").write_text("15\n"), "it is of PostgreSQL 15", id="other version"
        ),
        pytest.param(lambda s: (s.folder / "made.json").unlink(), "making it was interrupted", id="half made"),
        pytest.param(lambda s: (s.data / "PG_VERSION").unlink(), "it is not whole", id="not whole"),
        pytest.param(lambda s: shutil.rmtree(s.data / "global"), "the server does not start on it", id="damaged"),
    ],
)
def test_a_data_folder_that_cannot_be_used_is_moved_aside_and_said_aloud(
    engine_folder: Path, family: Family, capsys: pytest.CaptureFixture[str], damage: object, said: str
) -> None:
    server = new_server(engine_folder)
    server.prepare()
    assert callable(damage)
    damage(server)

    again = new_server(engine_folder)
    again.prepare()
    again.start(family, Ports(), None)

    with psycopg.connect(again.url(APP)) as line:
        assert line.execute("SELECT 1").fetchone() == (1,)
    assert said in capsys.readouterr().err
    assert len(list(again.folder.glob("data.aside-*"))) == 1


def test_one_address_without_the_other_is_refused(
    engine_folder: Path, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://a@b/c")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    engines = Engines(family, Ports(), engine_folder, engine_folder, fixed_ports=False)

    with pytest.raises(StepFailed, match="only one of DATABASE_URL and DATABASE_OWNER_URL is set"):
        engines.start()


def test_servers_that_the_caller_names_are_used_as_they_are(
    engine_folder: Path, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"DATABASE_URL": "postgres://a@b/c", "DATABASE_OWNER_URL": "postgres://o@b/c", "REDIS_URL": "redis://r/0"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    engines = Engines(family, Ports(), engine_folder, engine_folder, fixed_ports=False)

    engines.start()

    assert engines.variables == given
    assert engines.children == []


def test_the_broker_wants_its_password_and_keeps_nothing_on_disk(engine_folder: Path, family: Family) -> None:
    server = Valkey(engine_folder / "valkey", engine_folder / "valkey.log")
    server.start(family, Ports(), None)

    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=server.port).ping()

    assert redis.Redis.from_url(server.url).config_get("save", "appendonly") == {"save": "", "appendonly": "no"}
    assert (server.folder / "valkey.conf").stat().st_mode & 0o777 == 0o600


ORDINARY = """
import os, sys
from pathlib import Path
from _stack import places
from _stack.ports import Ports
from _stack.postgres import Postgres
from _stack.processes import Family

folder, programs = Path(sys.argv[1]), Path(sys.argv[2])
Postgres.__init__.__globals__["binaries"].find = lambda home, user: programs
family = Family()
server = Postgres(folder / "postgres", folder / "log", quick=True)
server.prepare()
child = server.start(family, Ports(), None)
print(os.getuid(), Path(f"/proc/{child.process.pid}").stat().st_uid, flush=True)
family.close()
places.remove(places.engines_home())
"""


@pytest.mark.skipif(
    os.getuid() != 0, reason="only root can become somebody else; an ordinary user runs all of this file"
)
def test_root_runs_the_database_as_nobody(engine_folder: Path, family: Family) -> None:
    server = new_server(engine_folder)
    server.prepare()

    child = server.start(family, Ports(), None)

    assert Path(f"/proc/{child.process.pid}").stat().st_uid == NOBODY


def _reachable_python() -> str | None:
    """A Python somebody else may run, new enough for these modules; root's own home is closed."""
    for name in ("python3.13", "python3.12", "python3"):
        for folder in ("/usr/local/bin", "/usr/bin"):
            program = Path(folder) / name
            asked = [str(program), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
            if program.exists() and subprocess.run(asked, check=False).returncode == 0:
                return str(program)
    return None


@pytest.mark.skipif(
    os.getuid() != 0, reason="only root can become somebody else; an ordinary user runs all of this file"
)
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv, which lends another user's rights, is not here")
def test_an_ordinary_user_runs_the_database_as_himself(engine_folder: Path) -> None:
    python = _reachable_python()
    if python is None:
        pytest.skip("no Python in /usr that an ordinary user could start")
    place = engine_folder / "ordinary"
    shutil.copytree(ROOT / "bin" / "_stack", place / "_stack")
    (place / "data").mkdir()
    os.chown(place / "data", NOBODY, NOBODY)
    programs = new_server(engine_folder).programs

    done = subprocess.run(
        [*AS_NOBODY, python, "-P", "-c", ORDINARY, str(place / "data"), str(programs)],
        env={"PYTHONPATH": str(place), "PATH": os.environ["PATH"], "TMPDIR": str(place / "data")},
        capture_output=True,
        text=True,
        cwd=place,
        timeout=60,
        check=False,
    )

    assert done.stdout.split() == [str(NOBODY), str(NOBODY)], done.stderr


def test_the_servers_end_when_their_parent_is_killed(engine_folder: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from _stack.engines import Engines; "
        "from _stack.ports import Ports; from _stack.processes import Family; f = Path(sys.argv[1]); "
        "e = Engines(Family(), Ports(), f, f, fixed_ports=False); e.start(quick=True); "
        "print(*[c.process.pid for c in e.children], flush=True); time.sleep(60)"
    )
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "REDIS_"))}
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(engine_folder / "killed")],
        stdout=subprocess.PIPE,
        text=True,
        env=surroundings | {"PYTHONPATH": str(ROOT / "bin")},
    )
    assert parent.stdout
    pids = [int(word) for word in parent.stdout.readline().split()]

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    limit = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < limit:
        time.sleep(0.02)
    assert len(pids) == 2
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    assert json.loads((engine_folder / "killed/postgres/made.json").read_text())["major"] >= 15
