"""What was done stays on record, in order, and a changed line is found."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts import timeline
from accounts.models import ActivityDetail, ActivityLine
from syntharra import due
from tests.cast import Firm, make_invoice


def seal() -> int:
    with transaction.atomic():
        return int(timeline.seal.__wrapped__())  # type: ignore[attr-defined]


def test_lines_are_sealed_in_order_and_the_chain_holds(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    for verb in ("held", "lifted", "held"):
        timeline.record(invoice, verb, by="ava@avasplumbing.example", reason="She is on vacation")

    assert seal() == 4  # the business was started, then three acts
    assert timeline.verify() == 4
    assert due.rows("seal") == []


def test_a_line_cannot_be_changed_or_deleted(plumber: Firm) -> None:
    line = timeline.record(make_invoice(plumber), "held", by="ava")

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        ActivityLine.objects.filter(pk=line.pk).update(actor="somebody else")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        ActivityLine.objects.filter(pk=line.pk).delete()

    line.refresh_from_db()
    assert line.actor == "ava"


def test_changed_details_are_found(plumber: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    line = timeline.record(make_invoice(plumber), "held", by="ava", reason="vacation")
    seal()
    ActivityDetail.objects.filter(line=line).update(facts={"reason": "never said"})

    with pytest.raises(timeline.BrokenChain, match="details of line"):
        timeline.verify()
    with pytest.raises(CommandError, match="was changed after it was sealed"):
        call_command("verify_activity", str(plumber.business.pk))

    assert '"holds": false' in capsys.readouterr().out


def test_erased_details_leave_the_proof_standing(plumber: Firm) -> None:
    timeline.record(make_invoice(plumber), "held", by="ava", reason="vacation")
    sealed = seal()
    ActivityDetail.objects.all().delete()

    assert timeline.verify() == sealed


def test_a_line_slipped_out_by_the_owner_of_the_schema_is_found(plumber: Firm) -> None:
    timeline.record(make_invoice(plumber), "held", by="ava")
    seal()

    lines = list(ActivityLine.objects.order_by("number"))
    lines[-1].previous_hash = b"\1" * 32

    assert timeline.line_hash(lines[-1]) != bytes(lines[-1].hash or b"")
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE accounts_activityline SET number = number + 100")
