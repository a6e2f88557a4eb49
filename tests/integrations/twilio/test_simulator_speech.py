"""The agent's voice on a clock held in the hand: exact words, exact times."""

from integrations.twilio.simulation.speech import Playback

ANY = frozenset({"speech", "dtmf"})
NONE: frozenset[str] = frozenset()


def speak(
    voice: Playback,
    text: str,
    *,
    now: float,
    last: bool = True,
    inputs: frozenset[str] = ANY,
    preemptible: bool = False,
) -> None:
    assert voice.add(text, last=last, interruptible=inputs, preemptible=preemptible, now=now) is None


def test_a_sentence_takes_a_second_for_fifteen_characters() -> None:
    voice = Playback()

    speak(voice, "x" * 30, now=100.0)

    assert voice.next_end() == 102.0
    assert voice.advance(101.9) == []
    assert [chunk.text for chunk in voice.advance(102.0)] == ["x" * 30]


def test_clauses_are_reported_one_by_one_and_an_amount_is_not_torn() -> None:
    voice = Playback()

    speak(voice, "Hello, you owe $796.00. Right?", now=0.0)

    assert [chunk.text for chunk in voice.advance(10.0)] == ["Hello, ", "you owe $796.00. ", "Right?"]


def test_an_interruption_keeps_the_whole_words_that_sounded() -> None:
    voice = Playback()
    speak(voice, "This call is from the plumber", now=0.0)

    cut = voice.cut(1.0)

    assert cut.utterance == "This call is"
    assert cut.tail == "This call is "
    assert cut.milliseconds == 1000
    assert cut.dropped == "from the plumber"
    assert voice.sounding(1.0) is None


def test_an_interruption_counts_from_the_beginning_of_the_talk_cycle() -> None:
    voice = Playback()
    speak(voice, "Thank you. ", now=0.0, last=False)
    speak(voice, "Your invoice of March is open.", now=0.1)
    voice.advance(1.6)

    cut = voice.cut(1.6)

    assert cut.utterance == "Thank you. Your invoice"
    assert cut.milliseconds == 1600
    assert cut.dropped == "of March is open."


def test_what_is_queued_behind_is_dropped_too() -> None:
    voice = Playback()
    speak(voice, "First sentence here.", now=0.0)
    speak(voice, " Second sentence here.", now=0.0)
    voice.advance(0.5)

    cut = voice.cut(0.5)

    assert cut.utterance == "First"
    assert cut.dropped == "sentence here. Second sentence here."


def test_tokens_that_come_late_start_when_they_come() -> None:
    voice = Playback()
    speak(voice, "x" * 15, now=0.0, last=False)
    voice.advance(5.0)

    speak(voice, "y" * 15, now=5.0)

    assert voice.next_end() == 6.0
    assert not voice.cycle_is_open


def test_a_preemptible_sentence_gives_way_to_the_next_talk_cycle() -> None:
    voice = Playback()
    speak(voice, "The amount is seven hundred", now=0.0, preemptible=True)

    cut = voice.add("Sorry.", last=True, interruptible=ANY, preemptible=False, now=1.0)

    assert cut is not None
    assert cut.utterance == "The amount is"
    assert cut.dropped == "seven hundred"
    assert [chunk.text for chunk in voice.advance(2.0)] == ["Sorry."]


def test_a_sentence_that_is_not_preemptible_is_said_to_its_end() -> None:
    voice = Playback()
    speak(voice, "x" * 15, now=0.0)

    speak(voice, "y" * 15, now=0.5)

    assert [chunk.end for chunk in voice.advance(10.0)] == [1.0, 2.0]


def test_each_message_says_for_itself_what_may_interrupt_it() -> None:
    voice = Playback()
    speak(voice, "x" * 15, now=0.0, last=False, inputs=NONE)
    speak(voice, "y" * 15, now=0.0)

    first = voice.sounding(0.5)
    voice.advance(1.2)
    second = voice.sounding(1.2)

    assert first is not None
    assert first.interruptible == NONE
    assert second is not None
    assert second.interruptible == ANY


def test_a_file_takes_three_seconds_a_loop() -> None:
    voice = Playback()

    voice.add_media(loops=2, interruptible=ANY, preemptible=False, now=0.0)

    assert voice.next_end() == 6.0
