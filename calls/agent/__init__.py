"""The scripted agent: a pure turn function. No database, no clock, no network; the same code on the phone and in rehearsal.

    step = begin(brief)
    step = advance(step.state, Said("yes, this is Ida"))

Carry out ``step.acts``, then speak ``step.say``, then hang up if ``step.end`` is set.
"""

from calls.agent.consequences import OUTCOMES, Outcome
from calls.agent.conversation import advance, begin
from calls.agent.dispositions import Disposition
from calls.agent.facts import Brief, BriefError, DebtorType, InvoiceFacts, Language, LinkChannel, Role
from calls.agent.steps import Asks, Line, LineAct, State, Step

__all__ = [
    "OUTCOMES",
    "Asks",
    "Brief",
    "BriefError",
    "DebtorType",
    "Disposition",
    "InvoiceFacts",
    "Language",
    "Line",
    "LineAct",
    "LinkChannel",
    "Outcome",
    "Role",
    "State",
    "Step",
    "advance",
    "begin",
]
