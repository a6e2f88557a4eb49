"""The forty written-out cases, the command that checks such files, and what it says about files it cannot use."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from compliance import vectors
from compliance.management.commands.check_call_windows import Command
from compliance.yaml_lines import DataError

FILE = Path(__file__).parent / "data" / "vectors.yaml"
CASES = {checked.id: checked for checked in vectors.check(FILE)}
ONE = """\
vectors:
- id: A1
  phone: '+16145550102'
  address: US-OH
  debtor_type: business
  role: third_party
  line_type: wireless
  consent: express
  at_utc: '2026-12-01T17:00:00Z'
  due_date: '2026-11-20'
  expect:
    decision: allowed
    reason: OK
    layer: null
    all_reasons: [OK]
    law_only: {decision: allowed, reason: OK}
"""


def run(path: Path) -> tuple[list[dict[str, object]], str]:
    command = Command(stdout=StringIO(), stderr=StringIO(), no_color=True)
    try:
        command.handle(file=path)
    finally:
        out, problems = command.stdout.getvalue(), command.stderr.getvalue()
    return [json.loads(line) for line in out.splitlines()], problems


@pytest.mark.parametrize("name", [f"V{number:02}" for number in range(1, 41)])
def test_every_written_out_case_is_decided_as_expected(name: str) -> None:
    assert CASES[name].differs == {}


def test_there_are_forty_cases_and_all_of_each_is_compared() -> None:
    assert list(CASES) == [f"V{number:02}" for number in range(1, 41)]
    for case in vectors.load(FILE):
        assert list(case.expected) == ["decision", "reason", "layer", "all_reasons", "law_only", "local_times"]


def test_the_command_prints_one_line_a_case_and_a_summary() -> None:
    lines, problems = run(FILE)

    assert len(lines) == 41
    assert lines[3] == {
        "id": "V04",
        "decision": "blocked",
        "reason": "HOURS_LAW",
        "layer": "law",
        "all_reasons": ["HOURS_LAW", "HOURS_HOUSE", "HOURS_OVERLAY"],
        "law_only": {"decision": "blocked", "reason": "HOURS_LAW"},
        "local_times": {"America/New_York": "Tue 2026-12-01 07:59"},
        "next_allowed_at": "2026-12-01T14:00:00Z",
    }
    assert lines[40] == {"summary": {"vectors": 40, "as_expected": 40, "differing": []}}
    assert problems == ""


def test_the_command_fails_and_names_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(ONE.replace("reason: OK\n", "reason: HOURS_LAW\n"), encoding="utf-8")

    checked = list(vectors.check(wrong))

    assert checked[0].differs == {"reason": ("HOURS_LAW", "OK")}
    with pytest.raises(CommandError):
        run(wrong)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("phone:", "fone:"), "line 3: unknown field 'fone'; allowed here: id, phone, address"),
        (("  phone: '+16145550102'\n", ""), "line 2: 'phone' is missing"),
        (("debtor_type: business", "debtor_type: firm"), "line 5: 'firm' is not one of: consumer, business, unknown"),
        (("T17:00:00Z", "T17:00:00"), "line 9: a moment with its zone belongs here"),
        (("T17:00:00Z", "T25:00:00Z"), "line 9: a moment with its zone belongs here"),
        (("2026-12-01T17", "1066-12-01T17"), "line 2: A1: Facts.at: a moment with its zone between 2000 and 2098"),
        (("'2026-11-20'", "'20 Nov'"), "line 10: a date belongs here ('2026-11-20'), not '20 Nov'"),
        (("expect:", "flags: {not_between: ['25:00', '09:00']}\n  expect:"), "line 11: a clock time belongs here"),
        (("expect:", "flags: {not_between: ['09:00']}\n  expect:"), "line 11: a pair of clock times belongs here"),
        (("expect:", "flags: {bankrupt: true}\n  expect:"), "line 11: unknown field 'bankrupt'"),
        (("expect:", "flags: {cease: maybe}\n  expect:"), "line 11: true or false belongs here, not 'maybe'"),
        (("expect:", "history: {}\n  expect:"), "line 11: a list belongs here"),
        (("expect:", "channel: voicemail_drop\n  expect:"), "line 2: A1: Facts.channel: we leave no ringless"),
        (("expect:", "extra_zones: [Mars/North]\n  expect:"), "line 2: A1: Facts.extra_zones: 'Mars/North' is no time"),
        (("  role: third_party\n", "  role: third_party\n  role: third_party\n"), "'role' stands here twice"),
        (("vectors:", "cases:"), "line 1: unknown field 'cases'"),
        (("vectors:\n", "vectors: [\n"), "this is not YAML"),
        ((ONE, ""), "the file is empty"),
        ((ONE, "- 1\n"), "line 1: names with values belong here"),
        ((ONE, "vectors: []\n"), "line 1: no cases in here"),
        ((ONE, "? [a]\n: b\n"), "a name must be plain text"),
        ((ONE, "a: \x07"), "this is not YAML"),
        ((ONE, "[" * 3000), "not YAML|nested too deeply"),
    ],
)
def test_an_unusable_file_is_refused_with_the_line_and_what_belongs_there(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(ONE.replace(*change), encoding="utf-8")

    with pytest.raises(DataError) as refused:
        list(vectors.check(broken))

    assert str(refused.value).startswith("broken.yaml")
    assert any(each in str(refused.value) for each in complaint.split("|"))
    with pytest.raises(CommandError, match=r"broken\.yaml"):
        run(broken)


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = tmp_path / "twice.yaml"
    twice.write_text(ONE + ONE.partition("\n")[2], encoding="utf-8")

    with pytest.raises(DataError, match=r"twice\.yaml, line 17: the id A1 stands here twice"):
        vectors.load(twice)


def test_a_file_that_is_not_there_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing\.yaml: cannot be read"):
        vectors.load(tmp_path / "nothing.yaml")


def test_a_case_may_name_other_purposes_channels_and_zones(tmp_path: Path) -> None:
    more = tmp_path / "more.yaml"
    extra = "purpose: service\n  channel: sms\n  extra_zones: [America/Denver]\n  expect:"
    refused = "flags: {not_between: [['08:00', '09:00'], ['17:30', '24:00']], workplace_refused: true}\n  expect:"
    more.write_text(
        ONE.replace("expect:", extra) + ONE.partition("\n")[2].replace("A1", "A2").replace("expect:", refused)
    )

    first, second = vectors.load(more)

    assert (first.facts.purpose, first.facts.channel) == ("service", "sms")
    assert first.facts.extra_zones == ("America/Denver",)
    assert [f"{a:%H:%M}-{b:%H:%M}" for a, b in second.facts.flags.not_between] == ["08:00-09:00", "17:30-00:00"]
    assert second.facts.flags.workplace_refused
