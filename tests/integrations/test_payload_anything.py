"""``read_books_payload`` with whatever anybody may put into a file: named errors, no traceback, and no secret told."""

import json
import os
import subprocess
import sys
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from integrations import payloads
from integrations.errors import VendorError
from integrations.ledger import Home
from tests.integrations.payloads.case import Case, head

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
SECRET = "Qx7SECRETzz9"
PROVIDER, KIND = st.sampled_from(payloads.PROVIDERS), st.sampled_from(payloads.KINDS)
CASES: list[tuple[str, Case]] = [
    (provider, each)
    for provider in payloads.PROVIDERS
    for each in import_module(f"tests.integrations.payloads.{provider}").CASES
]
ODD = (
    *("null", "true", "[]", "{}", "[null]", "[[]]", "[7]", '""', '" "', '"\\ud800"', '"\\u0000"', "-1", "0", "NaN"),
    *("1e400", "1e999999999", "1e-999999999", '"1e999999999"', "Infinity", "-0.0", "9" * 5000, f'"{"9" * 5000}"'),
    *('"0001-01-01"', '"9999-12-31T23:59:59-12:00"', '"/Date(999999999999999)/"', '"2026-02-30"', '"²"', "999999999"),
)
"""What nobody expects where a text, a number, a date or an object belongs."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=20), inside, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("payloads")


def said(folder: Path, provider: str, kind: str, *bodies: bytes | str) -> str:
    """All that the command says, on either side. Anything but the two named errors goes through."""
    files = [folder / f"{number}.txt" for number in range(len(bodies))]
    for file, body in zip(files, bodies, strict=True):
        file.write_bytes(body if isinstance(body, bytes) else body.encode(errors="surrogatepass"))
    told = []
    try:
        for found in payloads.lines(provider, kind, files, home=Home()):
            told.append(found if isinstance(found, str) else found.words)
            assert isinstance(found, str) or found.words.isprintable()
    except payloads.Unreadable as error:
        told.append(str(error))
    except VendorError as error:
        told.append(error.words)
    for words in told:
        words.encode()
        assert len(words.splitlines()) <= 1
    return "\n".join(told)


@given(PROVIDER, KIND, st.binary(max_size=200))
def test_no_bytes_end_in_a_traceback(folder: Path, provider: str, kind: str, body: bytes) -> None:
    said(folder, provider, kind, body)


@given(PROVIDER, KIND, JSON)
def test_no_json_ends_in_a_traceback(folder: Path, provider: str, kind: str, body: Any) -> None:
    said(folder, provider, kind, json.dumps(body))


@given(st.sampled_from(CASES), KIND, st.data())
def test_a_good_answer_spoiled_anywhere_ends_in_no_traceback(
    folder: Path, sample: tuple[str, Case], kind: str, data: st.DataObject
) -> None:
    provider, each = sample
    top, line, body = _parted(each.files[0])
    try:
        raw = json.loads(body)
    except ValueError:
        cut = data.draw(st.integers(0, len(body)))
        said(folder, provider, each.kind, top + line + body[:cut])
        return
    where, odd = data.draw(st.sampled_from(list(_places(raw)))), data.draw(st.sampled_from(ODD))
    spoiled = json.dumps(_put(raw, where, "@here@")).replace('"@here@"', odd)

    said(folder, provider, each.kind, top + line + spoiled)
    said(folder, provider, kind, spoiled)


@given(
    st.sampled_from([one for one in CASES if one[1].kind == "token"]),
    KIND,
    st.sampled_from(("access_token", "refresh_token", "id_token", "verifier")),
    st.data(),
)
def test_no_secret_of_a_token_answer_is_ever_told(
    folder: Path, sample: tuple[str, Case], kind: str, name: str, data: st.DataObject
) -> None:
    provider, each = sample
    top, line, body = _parted(each.files[0])
    try:
        pair = {**json.loads(body), name: f"{SECRET}.{SECRET}"}
    except (ValueError, TypeError):
        pair = {"access_token": SECRET, "refresh_token": SECRET}
    spoiled = data.draw(st.sampled_from(ODD))
    whole = json.dumps(pair | {"other": "@here@"}).replace('"@here@"', spoiled)
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    for body in (whole, cut, f"[{whole}]", f'{{"data":{whole}}}'):
        for asked in ("token", kind):
            assert SECRET not in said(folder, provider, asked, top + line + body)
            assert SECRET not in said(folder, provider, asked, body, whole)


@pytest.mark.parametrize("provider", payloads.PROVIDERS)
def test_what_a_form_holds_that_proves_an_address_is_never_told(folder: Path, provider: str) -> None:
    for form in (
        f"name=callback.verify&object_id=2001&verifier={SECRET}",
        f"verifier={SECRET}",
        f"access_token={SECRET}",
    ):
        for kind in payloads.KINDS:
            assert SECRET not in said(folder, provider, kind, form)


def test_what_a_stranger_wrote_moves_no_cursor_and_makes_no_line(folder: Path) -> None:
    body = '{"QueryResponse":{"Estimate":[{"Id":"7\\n\\u001b[2Jleft out"}],"In\\ud800voice":[1]}}'

    assert said(folder, "quickbooks", "invoice", body).count("\n") == 1


@pytest.mark.parametrize(
    ("sample", "good"),
    [
        (next(one for one in CASES if one[0] == provider and one[1].kind == kind and bool(one[1].lines)), True)
        for provider in payloads.PROVIDERS
        for kind in ("invoice", "error")
    ]
    + [(next(one for one in CASES if one[0] == "xero" and one[1].fails), False)],
    ids=lambda value: " ".join((value[0], value[1].name)) if isinstance(value, tuple) else "",
)
def test_the_command_says_the_same(tmp_path: Path, sample: tuple[str, Case], good: bool) -> None:
    provider, each = sample
    out, remarks, file = StringIO(), StringIO(), tmp_path / "answer.txt"
    body = each.files[0]
    file.write_bytes(body if isinstance(body, bytes) else body.encode())

    if good:
        call_command("read_books_payload", provider, each.kind, file, stdout=out, stderr=remarks)
        assert [json.loads(line) for line in out.getvalue().splitlines()] == list(each.lines)
    else:
        with pytest.raises(CommandError):
            call_command("read_books_payload", provider, each.kind, file, stdout=out, stderr=remarks)


def test_a_zone_nobody_knows_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Nowhere is no time zone"):
        call_command("read_books_payload", "jobber", "invoice", tmp_path / "a.txt", zone="Nowhere")


def test_it_speaks_utf_8_on_any_terminal_and_ends_with_1_when_it_is_not_good(tmp_path: Path) -> None:
    _provider, each = next(one for one in CASES if one[1].name == "invoice: with emoji and Hebrew")
    (tmp_path / "good.json").write_text(str(each.files[0]), encoding="utf-8")
    (tmp_path / "cut.json").write_text('{"Invoice":{"Id"', encoding="utf-8")
    command = [sys.executable, str(MANAGE), "read_books_payload", "quickbooks", "invoice"]
    files = [str(tmp_path / name) for name in ("good.json", "cut.json")]
    narrow = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}

    ended = subprocess.run([*command, *files], capture_output=True, env=narrow, check=False, timeout=60)

    assert json.loads(ended.stdout.decode())["number"] == "№ 7"
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    assert b"CommandError" in ended.stderr


def _parted(body: bytes | str) -> tuple[str, str, str]:
    """Head, empty line and body of a sample."""
    whole = body.decode(errors="replace") if isinstance(body, bytes) else body
    return whole.partition("\r\n\r\n") if whole.startswith("HTTP") else ("", "", whole)


def _places(raw: Any, so_far: tuple[Any, ...] = ()) -> Any:
    """Every place in a JSON value."""
    yield so_far
    inside = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for name, value in inside:
        yield from _places(value, (*so_far, name))


def _put(raw: Any, where: tuple[Any, ...], value: Any) -> Any:
    """The value with another at this place."""
    if not where:
        return value
    copied = dict(raw) if isinstance(raw, dict) else list(raw)
    copied[where[0]] = _put(copied[where[0]], where[1:], value)
    return copied


@pytest.mark.parametrize(
    "answer",
    [
        head(429, "", Retry_After="30"),
        "HTTP/2 429\nretry-after: 30",
        "HTTP/1.1 429 Too Many Requests\nRetry-After:30\n\n",
        "HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 429 \r\nretry-after: 30\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\n\r\nslow down",
    ],
)
def test_a_head_in_whatever_form_is_read(folder: Path, answer: str) -> None:
    for provider in payloads.PROVIDERS:
        found = json.loads(said(folder, provider, "error", answer))

        assert (found["class"], found["retry_after"]) == ("throttled", 30)


def test_a_status_line_alone_says_enough(folder: Path) -> None:
    for provider in payloads.PROVIDERS:
        assert json.loads(said(folder, provider, "error", "HTTP/1.1 503 Service Unavailable"))["class"] == "unavailable"


@pytest.mark.parametrize("depth", [100, 300, 900, 5000, 100_000])
def test_what_is_nested_beyond_reason_is_named(folder: Path, depth: int) -> None:
    for around, end in (("[", "]"), ('{"QueryResponse":', "}"), ('{"data":', "}"), ('{"response":', "}")):
        for provider in payloads.PROVIDERS:
            for kind in payloads.KINDS:
                said(folder, provider, kind, around * depth + "1" + end * depth)
