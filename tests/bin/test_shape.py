"""The production shape: what no engine here can try is read instead."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from _stack.places import EngineUser
from _stack.ports import Ports
from _stack.postgres import Postgres
from _stack.processes import Family, run

ROOT = Path(__file__).resolve().parent.parent.parent
ONCE = {"migrate"}
OURS = {"web", "relay", "worker", "books", "beat", "migrate"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def test_all_parts_of_an_installation_are_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == OURS | {"postgres", "redis", "caddy", "backups"}


def test_every_lasting_service_is_watched_and_started_again(compose: dict[str, Any]) -> None:
    lasting = {name: service for name, service in compose["services"].items() if name not in ONCE}

    assert [name for name, service in lasting.items() if not service.get("healthcheck", {}).get("test")] == []
    assert {service["restart"] for service in lasting.values()} == {"unless-stopped"}


def test_no_password_has_a_default_and_a_missing_one_stops_the_start(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text()

    secrets = set(re.findall(r"\$\{(\w*PASSWORD)\b", text))
    insisted_on = set(re.findall(r"\$\{(\w*PASSWORD):\?", text))
    defaults = re.findall(r"\$\{\w*(?:PASSWORD|SECRET|KEY|TOKEN)\w*:?-", text)

    assert secrets == insisted_on == {
        "APP_DATABASE_PASSWORD", "OWNER_DATABASE_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD",
    }  # fmt: skip
    assert defaults == []
    for file in ("deploy/env.example", "deploy/app.env.example"):
        filled = [line for line in (ROOT / file).read_text().splitlines() if re.match(r"\w+=.", line)]
        assert filled == [], file


def test_only_migration_and_backups_know_the_owner_of_the_schema(compose: dict[str, Any]) -> None:
    knowing = {name for name, service in compose["services"].items() if "syntharra_owner" in str(service)}

    assert knowing == {"migrate", "backups"}
    for name in ("web", "relay", "worker", "books", "beat"):
        assert "//syntharra_app:" in compose["services"][name]["environment"]["DATABASE_URL"]


def test_every_service_has_a_read_only_disk_and_no_way_to_more_rights(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service.get("read_only") is True, name
        assert "no-new-privileges:true" in service["security_opt"], name
        if name != "postgres":  # its entry point hands the data folder to its own user first
            assert service["cap_drop"] == ["ALL"], name


def test_only_caddy_is_reached_from_outside_and_the_data_network_leads_nowhere(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["caddy"]
    assert compose["networks"]["data"] == {"internal": True}
    for name in ("postgres", "redis", "backups"):
        assert compose["services"][name]["networks"] == ["data"]


def test_images_are_pinned_and_volumes_are_named(compose: dict[str, Any]) -> None:
    images = {service["image"] for service in compose["services"].values()}

    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./deploy/") or source in compose["volumes"], f"{name}: {volume}"


def test_files_that_the_services_mount_are_there(compose: dict[str, Any]) -> None:
    mounted = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    }

    assert [path for path in mounted if not (ROOT / path).exists()] == []


def test_the_workers_take_every_queue_that_work_is_sent_to_and_none_twice(compose: dict[str, Any]) -> None:
    from django.conf import settings

    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}

    taken = {name: _queues(compose["services"][name]["command"]) for name in ("worker", "books")}

    assert sorted(taken["worker"] + taken["books"]) == sorted(queues)
    assert taken["books"] == ["sync"]


def test_books_are_read_beside_calls_and_never_before_them(compose: dict[str, Any]) -> None:
    books, worker = compose["services"]["books"], compose["services"]["worker"]

    assert (books["command"][:3], worker["command"][:3]) == (["nice", "-n", "10"], ["nice", "-n", "5"])
    assert books["cpu_shares"] < worker["cpu_shares"] < 1024  # what a container has that says nothing
    assert compose["services"]["relay"]["cpu_shares"] == compose["services"]["postgres"]["cpu_shares"] > 1024


def test_what_is_measured_has_the_standing_it_has_in_production(compose: dict[str, Any]) -> None:
    from desk.bench.children import NICE, SHARES

    services = compose["services"]

    assert {name: services[name]["cpu_shares"] for name in SHARES} == SHARES
    assert {name: int(services[name]["command"][2]) for name in NICE} == NICE


def _queues(command: list[str]) -> list[str]:
    return next(word for word in command if word.startswith("--queues=")).removeprefix("--queues=").split(",")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, one instruction each."""
    joined = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text())
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def test_the_image_is_slim_in_two_stages_and_runs_as_nobody_special() -> None:
    found = instructions()
    bases = [rest for word, rest in found if word == "FROM"]
    last = found[[i for i, (word, _) in enumerate(found) if word == "FROM"][-1] :]

    assert len(bases) == 2
    assert all(base.startswith("python:3.13-slim") for base in bases)
    assert [rest for word, rest in last if word == "USER"] == ["10001:10001"]
    assert [rest for word, rest in last if word == "HEALTHCHECK"] != []
    assert not any("pip install" in rest or "uv" in rest.split() for word, rest in last if word == "RUN")


def test_the_image_has_no_development_tools_and_no_secret() -> None:
    text = (ROOT / "Dockerfile").read_text()

    assert "--no-default-groups" in text
    assert "--group" not in text
    assert [
        rest for word, rest in instructions() if word in ("ENV", "ARG") and re.search("KEY|SECRET|TOKEN", rest)
    ] == []


def test_the_image_gets_only_what_the_product_needs() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert ignored[0] == "*"
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    assert [path for path in let_in if not (ROOT / path).exists()] == []
    assert {"tests", "bin", ".stack", ".venv", ".env", "deploy", "deploy/app.env"} & let_in == set()


def test_uv_has_one_version_everywhere() -> None:
    from _stack.setup import environment

    assert f"uv=={environment.UV}" in (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize("script", ["deploy/backup.sh", "deploy/postgres/10-roles.sh", ".ci/run"])
def test_scripts_stop_at_the_first_error_and_can_be_read_by_bash(script: str) -> None:
    path = ROOT / script

    assert "set -euo pipefail" in path.read_text()
    assert os.access(path, os.X_OK)
    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0


@pytest.fixture
def bare_server(engine_folder: Path, family: Family) -> dict[str, str]:
    """A server as the image starts it: a superuser with a password, no roles yet. The surroundings of its scripts."""
    server = Postgres(engine_folder / "bare", engine_folder / "bare.log", quick=True)
    server.folder.mkdir()
    word = engine_folder / "word"
    word.write_text("superuser-word")
    user = EngineUser.current()
    if user.uid is not None and user.gid is not None:
        os.chown(word, user.uid, user.gid)
    user.own(server.data)
    made = ["-D", str(server.data), "-U", "postgres", "--no-locale", "--encoding=UTF8", "--no-sync"]
    run(
        [str(server.programs / "initdb"), *made, "--auth=scram-sha-256", f"--pwfile={word}"],
        environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, what="initdb", user=user, folder=Path("/"),
    )  # fmt: skip
    server.start(family, Ports(), None)
    return {
        "PATH": f"{server.programs}:{os.environ['PATH']}",
        "LC_ALL": "C",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "POSTGRES_PASSWORD": "superuser-word",
        "OWNER_DATABASE_PASSWORD": "owner's $word",
        "APP_DATABASE_PASSWORD": "app-word",
    }


def test_the_first_start_makes_two_plain_roles_and_a_backup_can_be_read_back(
    bare_server: dict[str, str], tmp_path: Path
) -> None:
    roles = subprocess.run(
        ["bash", ROOT / "deploy/postgres/10-roles.sh"], env=bare_server, capture_output=True, text=True, check=False
    )
    assert roles.returncode == 0, roles.stderr
    where = f"host=127.0.0.1 port={bare_server['PGPORT']} dbname=syntharra"
    with psycopg.connect(where, user="syntharra_owner", password="owner's $word") as line:
        line.execute("CREATE TABLE kept (word text)")
        line.execute("INSERT INTO kept VALUES ('still here')")
        found = line.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles "
            "WHERE rolname LIKE 'syntharra%' ORDER BY 1"
        ).fetchall()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "photo.jpg").write_bytes(b"x")
    (tmp_path / "backups").mkdir()

    done = subprocess.run(
        ["bash", ROOT / "deploy/backup.sh", "--once"],
        env=bare_server
        | {"PGDATABASE": "syntharra", "PGUSER": "syntharra_owner", "PGPASSWORD": "owner's $word", "KEEP_DAYS": "3"}
        | {"BACKUPS": str(tmp_path / "backups"), "FILES": str(tmp_path / "files")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert found == [("syntharra_app", False, False, False), ("syntharra_owner", False, False, False)]
    dump, files = sorted((tmp_path / "backups").iterdir())
    assert (dump.suffix, files.name.endswith(".files.tar.gz")) == (".dump", True)
    command = ["pg_restore", "--data-only", "--file", "-", str(dump)]
    assert "still here" in subprocess.run(command, env=bare_server, capture_output=True, text=True, check=True).stdout


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(bare_server: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "backups").mkdir()

    done = subprocess.run(
        ["bash", ROOT / "deploy/backup.sh", "--once"],
        env=bare_server
        | {"PGDATABASE": "nothing", "PGUSER": "postgres", "PGPASSWORD": "superuser-word"}
        | {"BACKUPS": str(tmp_path / "backups"), "FILES": str(tmp_path / "files")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode != 0
    assert list((tmp_path / "backups").glob("*.dump")) == []


@pytest.mark.parametrize("target", ["demo", "test", "check", "prove", "bench", "fmt"])
def test_every_documented_command_is_a_target_of_make(target: str) -> None:
    asked = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)

    assert asked.returncode == 0, asked.stderr
    assert "python3 bin/" in asked.stdout
    assert ("PROOF=full" in asked.stdout) is (target == "prove")


def test_ci_names_the_vendors_specifications_and_checks_with_a_browser() -> None:
    script = (ROOT / ".ci/run").read_text()

    assert "../shared/specs" in script
    assert "export VENDOR_SPECS" in script
    assert script.rstrip().endswith("exec python3 bin/check --install-browser")
