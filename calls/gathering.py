"""The same agent where the relay cannot be reached: one request of the carrier for each turn, the state in the call's row.

Nothing is cut off here, so what was said before a person answers was heard. A turn that is asked for again (the carrier
repeats a request whose answer it did not get) is answered again and not taken twice.
"""

import time
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.urls import reverse

from calls import journal, notes, pace, twiml
from calls.acts import Scene, carry_out
from calls.agent import acts
from calls.agent.conversation import advance
from calls.agent.events import Interrupted
from calls.agent.facts import Language
from calls.agent.speech import sentence
from calls.agent.steps import Line, LineAct, State, Step
from calls.dialogue import CLOSELY_SECONDS, Dialogue, Turn
from calls.doors import call_at
from calls.hangups import POLITELY
from calls.models import Call, TranscriptLine
from calls.opened import OpenLine, as_it_stands, forbidden, open_line
from calls.twiml import ENGLISH, SPANISH
from calls.undone import KEY
from calls.wrapup import stopped_because
from syntharra import logs

log = logs.get(__name__)

SILENCE_SECONDS = 7
LAST_SECONDS = 2  # after our last words
LONGEST_SECONDS = 540.0
BY_TURNS = {"spoken": "by turns"}
_TAGS = {Language.ENGLISH: ENGLISH, Language.SPANISH: SPANISH}
# The carrier listens for one language here, and hears nothing of use in the other: that one is offered in its own words, by a key.
OTHER_LANGUAGE = "2"
_OTHER = {Language.ENGLISH: Language.SPANISH, Language.SPANISH: Language.ENGLISH}
_OFFER = {Language.ENGLISH: "For English, press two.", Language.SPANISH: "Para español, marque dos."}
_ASKS_FOR = {Language.ENGLISH: "English please", Language.SPANISH: "español por favor"}


def begin(line_id: UUID) -> str:
    """The relay is out of reach: from the next word on this line is talked on by turns."""
    call = call_at(line_id)
    if call is None:
        return twiml.hang_up()
    Call.objects.filter(pk=call.pk, turn=None).update(turn=0)
    return take_turn(line_id, 0)


def take_turn(line_id: UUID, number: int, *, words: str = "", key: str = "") -> str:
    """What was said or pressed since the turn before, answered. Neither: they were silent."""
    call = call_at(line_id)
    # Before the line is read: growing words that are being taken in at this moment are waited for, later ones come too late.
    is_new = call is not None and Call.objects.filter(pk=call.pk, turn=number).update(turn=number + 1) == 1
    line = open_line(line_id)
    if line is None:
        return twiml.hang_up()
    if because := forbidden(line.call_id):
        stopped_because(line_id, because)
        return _part(line, words, key) if because in POLITELY and line.state is not None else twiml.hang_up()
    if not is_new:
        return _again(line)
    if number == 0:
        line.state = _taken_back(line)
    line.heard.clear()  # nothing is delivered twice here: a second "yes" is a second yes
    _was_played(line.call_id)
    dialogue = Dialogue(line, time.monotonic, by_turns=True)
    is_late = line.seconds > LONGEST_SECONDS and dialogue.state is not None
    turn = dialogue.time_up() if is_late else _heard(dialogue, line, words, key)
    if turn is None:
        _put_on_record(dialogue, line)
        return twiml.hang_up() if dialogue.state is None else _listen(line, number + 1, dialogue.state, ())
    if not _carry_out(dialogue, line, turn):
        return _good_bye(dialogue, line)
    _offer_other_language(dialogue, turn)
    said = dialogue.speak(turn)
    _put_on_record(dialogue, line)
    assert dialogue.state is not None
    if turn.step.end is None:
        return _listen(line, number + 1, dialogue.state, said)
    return _end(line, number + 1, dialogue.state, said)


@transaction.atomic
def hear_growing(line_id: UUID, number: int, words: str) -> bool:
    """Words of this turn that are still being spoken: a dispute in them silences the agent before the turn is asked for.

    And they are the last words if the line goes dead now. False where they come too late or say nothing new.
    """
    found = call_at(line_id)
    if found is None or not words.strip():
        return False
    row = Call.objects.select_for_update(of=("self",), no_key=True).filter(pk=found.pk, turn=number).first()
    if row is None or row.answered_at is None or row.agent_state.get(KEY):
        return False
    row.attempt, row.customer, row.business = found.attempt, found.customer, found.business
    line = as_it_stands(row)
    if line.state is None or line.partial.startswith(words.strip()):  # told late: more was heard since
        return False
    dialogue = Dialogue(line, time.monotonic, by_turns=True)
    turn = dialogue.murmur(words.strip(), closely=pace.may(f"heard-closely:{row.pk}", every=CLOSELY_SECONDS))
    if turn is not None:
        dialogue.done(turn)
    notes.write(row.pk, dialogue.page())
    return True


def _heard(dialogue: Dialogue, line: OpenLine, words: str, key: str) -> Turn | None:
    """What happened since the turn before, through the agent."""
    if dialogue.state is None:
        return dialogue.open(line)
    if key == OTHER_LANGUAGE and not dialogue.state.ended:
        return _change_language(dialogue, _OTHER[dialogue.state.language])
    if key:
        return dialogue.take({"type": "dtmf", "digit": key})
    if words.strip():
        return dialogue.take({"type": "prompt", "voicePrompt": words, "last": True})
    return dialogue.silence(SILENCE_SECONDS)


def _change_language(dialogue: Dialogue, other: Language) -> Turn | None:
    """As if they had asked for it in words; on record is the key they pressed."""
    turn = dialogue.take({"type": "prompt", "voicePrompt": _ASKS_FOR[other], "last": True})
    page = dialogue.page()
    for note in page.notes:
        if note.speaker == "customer":
            note.text, note.act, note.intent, note.also, note.evidence = OTHER_LANGUAGE, "key", "", [], {}
    dialogue.give_back(page)
    return turn


def _offer_other_language(dialogue: Dialogue, turn: Turn) -> None:
    """Until it is known who is speaking, behind whatever is said."""
    state = dialogue.state
    if state is None or state.right_party or state.ended or state.silent_about_money or not turn.step.say:
        return
    other = _OTHER[state.language]
    say = (*turn.step.say, Line(_OFFER[other], LineAct.PROMPT, language=other))
    dialogue.state = replace(state, speaking=say)
    turn.step = replace(turn.step, say=say, state=dialogue.state)


def _carry_out(dialogue: Dialogue, line: OpenLine, turn: Turn) -> bool:
    """Commit what was decided before a word is said about it. False when something could not be kept."""
    if not turn.step.acts:
        return True
    _put_on_record(dialogue, line)
    scene = Scene(line_id=line.line_id, call_id=line.call_id, language=line.language, evidence=turn.evidence)
    kept = True
    for act in turn.step.acts:
        kept = _carry_out_one(line, scene, act) and kept
    dialogue.done(turn)
    return kept


def _carry_out_one(line: OpenLine, scene: Scene, act: acts.Act) -> bool:
    try:
        carry_out(scene, [act])
    except Exception:  # whatever it was: nothing may be said as if it had been kept
        log.exception("act_failed", act=type(act).__name__, attempt=str(scene.line_id))
        journal.spool(line.business_id, scene, act)
        return False
    return True


def _put_on_record(dialogue: Dialogue, line: OpenLine) -> None:
    page = dialogue.page()
    for note in page.notes:
        if note.speaker == "agent":
            note.evidence = {**note.evidence, **BY_TURNS}
    if page.is_empty:
        return
    try:
        notes.write(line.call_id, page)
    except DatabaseError as error:
        log.warning("notes_not_written", attempt=str(line.line_id), error=type(error).__name__)
        dialogue.give_back(page)


def _was_played(call_id: UUID) -> None:
    """A person answers: what we had said by turns was played to its end."""
    said = TranscriptLine.objects.filter(call_id=call_id, evidence__contains=BY_TURNS)
    said.exclude(played=F("text")).update(played=F("text"))


def _taken_back(line: OpenLine) -> State | None:
    """The relay broke while it spoke: what was not heard of its last words was not said."""
    if line.state is None or not line.state.speaking:
        return line.state
    spoken = TranscriptLine.objects.filter(call_id=line.call_id, speaker=TranscriptLine.Speaker.AGENT)
    last = reversed(spoken.order_by("-position").values_list("played", flat=True)[: len(line.state.speaking)])
    return advance(line.state, Interrupted(" ".join(played for played in last if played))).state


def _again(line: OpenLine) -> str:
    """The same turn asked for once more: the same answer, and listening for the turn after it."""
    now = Call.objects.values_list("turn", flat=True).get(pk=line.call_id)
    if line.state is None or now is None:
        return twiml.hang_up()
    if line.state.ended:
        return _end(line, now, line.state, line.state.speaking)
    return _listen(line, now, line.state, line.state.speaking)


def _listen(
    line: OpenLine, number: int, state: State, said: tuple[Line, ...], *, seconds: int = SILENCE_SECONDS
) -> str:
    answered, growing = (reverse(name, args=[line.line_id, number]) for name in ("twilio_gather", "twilio_growing"))
    return twiml.listen(
        f"{settings.PUBLIC_URL}{answered}",
        _spoken(said),
        language=_TAGS[state.language],
        seconds=seconds,
        growing=f"{settings.PUBLIC_URL}{growing}",
    )


def _end(line: OpenLine, number: int, state: State, said: tuple[Line, ...]) -> str:
    """The last words, then a moment in which a stop is still heard, then the end; or a person where one was asked for."""
    if Call.objects.filter(pk=line.call_id, person=Call.Person.WANTED).exists():
        return twiml.say_all_and_go_on(_spoken(said), twiml.web("twilio_after_relay", line.line_id))
    return _listen(line, number, state, said, seconds=LAST_SECONDS) if said else twiml.hang_up()


def _part(line: OpenLine, words: str, key: str) -> str:
    """Paused or held meanwhile: what was said is heard and acted on, and answered with a good-bye alone."""
    dialogue = Dialogue(line, time.monotonic, by_turns=True)
    turn = _heard(dialogue, line, words, key) if words.strip() or key else None
    if turn is not None:
        _carry_out(dialogue, line, turn)
    return _good_bye(dialogue, line)


def _good_bye(dialogue: Dialogue, line: OpenLine) -> str:
    """Something could not be kept: one word, and nothing more of money."""
    assert dialogue.state is not None
    state = dialogue.state
    last = Line(sentence("goodbye", state.language), LineAct.CLOSE, language=state.language)
    said = dialogue.speak(Turn(1 << 30, Step(state, (last,))))
    _put_on_record(dialogue, line)
    return twiml.say_all_and_hang_up(_spoken(said))


def _spoken(said: tuple[Line, ...]) -> list[tuple[str, str]]:
    return [(line.text, _TAGS[line.language]) for line in said]
