"""What was not played was not said: after an interruption the state goes back to what the person really heard."""

from calls.agent.steps import Line, LineAct
from calls.agent.turn import Turn

_MUST_BE_HEARD = (LineAct.DISCLOSE, LineAct.LEGAL_NOTICE, LineAct.STATE_DEBT)


def cut_off(turn: Turn, played: str) -> None:
    """Disclosures and the invoice itself that were cut are owed again; a question less than half played was not asked."""
    heard = len(played.split())
    for line in turn.state.speaking:
        length = len(line.text.split())
        if heard < length:
            _unsay(turn, line, heard * 2 >= length)
        heard = max(0, heard - length)
    turn.set(speaking=(), silences=0)


def _unsay(turn: Turn, line: Line, mostly: bool) -> None:
    if line.act in _MUST_BE_HEARD:
        turn.owe(line.act)
    if line.act is LineAct.STATE_DEBT:
        turn.set(debt_stated=False)
    if line.asks is not None and not mostly and turn.state.asked is line.asks:
        turn.set(asked=None)
