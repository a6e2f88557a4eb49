"""An agent that cannot hear calls nobody; one that can reads growing words closely at most every 300 ms."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from calls import notes, relay
from calls.agent import Disposition
from calls.dialing import dial
from calls.dialogue import Dialogue, Turn
from calls.models import Attempt, Call, CallDoor
from calls.opened import OpenLine, open_line
from compliance.models import PhoneContact
from disputes.hearing import ModelMissing, Stage, encoder
from tests.calls.agent_cast import firm
from tests.calls.stage import Stage as Place
from tests.calls.stage import to_tuesday
from tests.calls.telephone import answered
from tests.cast import Firm, make_invoice


@pytest.fixture
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation whose model was lost."""
    monkeypatch.setattr(encoder, "FOLDER", tmp_path)
    encoder.encoder.cache_clear()
    yield tmp_path
    encoder.encoder.cache_clear()


@pytest.mark.django_db
def test_without_its_hearing_the_agent_calls_nobody_and_says_why(
    carrier: Place, no_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    invoice = carrier.owes()
    (attempt,) = [one for one in carrier.plan() if one.customer_id == invoice.customer_id]

    assert dial(attempt.pk) == "hearing model missing"

    attempt.refresh_from_db()
    assert (attempt.status, attempt.leased_until, attempt.dialing_at) == (Attempt.Status.PLANNED, None, None)
    assert not Call.objects.exists()
    assert not CallDoor.objects.exists()
    assert not PhoneContact.objects.exists()
    assert carrier.sim.rings() == []


@pytest.mark.django_db
def test_with_the_model_back_the_same_attempt_is_dialed(
    carrier: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    invoice = carrier.owes()
    (attempt,) = [one for one in carrier.plan() if one.customer_id == invoice.customer_id]
    real = encoder.FOLDER
    monkeypatch.setattr(encoder, "FOLDER", folder)
    assert dial(attempt.pk) == "hearing model missing"

    shutil.copytree(real, folder)

    assert dial(attempt.pk) == "dialing"


@pytest.mark.django_db(transaction=True)  # a thread kept from another test may look at its connection
def test_a_relay_without_its_hearing_does_not_start(no_model: Path) -> None:
    with pytest.raises(ModelMissing, match="restore it from the repository"), TestClient(relay.app):
        pass


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_growing_words_are_read_closely_at_most_every_300_ms_and_whole_ones_always() -> None:
    clock = Clock()
    dialogue = Dialogue(OpenLine(uuid4(), uuid4(), uuid4(), "CA1", "en-US", 0.0, firm()), clock)
    dialogue._is_heard_closely()

    found = []
    for seconds in (0.1, 0.1, 0.11, 0.05, 0.3):
        clock.now += seconds
        found.append(dialogue._is_heard_closely())

    assert found == [False, False, True, False, True]


def prompted(dialogue: Dialogue, words: str, *, last: bool) -> Turn | None:
    return dialogue.take({"type": "prompt", "voicePrompt": words, "last": last})


def test_a_stop_that_never_became_a_whole_sentence_is_acted_on_when_it_falls_silent() -> None:
    clock = Clock()
    line = OpenLine(uuid4(), uuid4(), uuid4(), "CA1", "en-US", 0.0, firm())
    dialogue = Dialogue(line, clock)
    dialogue.open(line)
    prompted(dialogue, "stop calling me", last=False)

    turn = dialogue.silence(8.0)

    assert turn is not None
    assert [type(act).__name__ for act in turn.step.acts] == ["Suppress"]
    assert turn.step.end is Disposition.OPT_OUT
    assert prompted(dialogue, "stop calling me", last=True) is None  # the carrier says so after all


def test_half_a_sentence_that_stops_nothing_waits_for_its_end() -> None:
    line = OpenLine(uuid4(), uuid4(), uuid4(), "CA1", "en-US", 0.0, firm())
    dialogue = Dialogue(line, Clock())
    dialogue.open(line)
    prompted(dialogue, "yes this is", last=False)

    turn = dialogue.silence(8.0)

    assert turn is not None
    assert [line.key for line in turn.step.say] == ["are_you_there", "ask_payables"]


@pytest.mark.django_db(transaction=True)
def test_what_was_heard_is_kept_with_its_score_its_thresholds_and_the_version_that_heard_it(plumber: Firm) -> None:
    to_tuesday()
    attempt = answered(make_invoice(plumber))
    line = open_line(attempt.pk)
    assert line is not None
    clock = Clock()
    dialogue = Dialogue(line, clock)
    dialogue.open(line)
    clock.now += 30

    dialogue.take({"type": "prompt", "voicePrompt": "I dispute this bill, you never finished the job", "last": True})
    notes.write(line.call_id, dialogue.page())

    call = Call.objects.get()
    evidence = call.lines.get(speaker="customer").evidence
    assert evidence["version"] == call.hearing_version == encoder.encoder().version
    assert evidence["score"] >= evidence["freeze_at"] >= evidence["pause_at"] > 0
    assert evidence["stage"] in {stage.value for stage in Stage}
