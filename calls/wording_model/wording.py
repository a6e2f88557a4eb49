"""Asking the model about a step, within the time there is, and keeping the script's own words for everything that goes wrong."""

import asyncio
import time
from collections.abc import Callable

from prometheus_client import Counter, Histogram

from calls.agent.steps import State, Step
from calls.wording_model.breaker import Breaker
from calls.wording_model.permitted import carried_out, question
from calls.wording_model.protocol import ModelTrouble, WordingModel
from syntharra import logs

log = logs.get(__name__)

ANSWERS = Counter("syntharra_wording_answers_total", "What became of asking the language model.", ["outcome"])
SECONDS = Histogram(
    "syntharra_wording_seconds", "How long the language model took.", buckets=(0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0)
)


class Wording:
    """One for a process: the model, its time limit and its breaker."""

    def __init__(self, model: WordingModel, *, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.model = model
        self.seconds = seconds
        self.breaker = Breaker(clock)

    async def worded(self, before: State, step: Step, said: str) -> Step:
        """``step`` as the model would have it, or ``step`` itself. Never later than the limit, never raises for the model's sake.

        ``before``: the state the words met. The model is not asked at all after a stop, a doubt or a claim of payment.
        """
        asked = question(before, step, said)
        if asked is None or not self.breaker.lets_through():
            return step
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.seconds):
                proposal = await self.model.decide(asked.context, self.seconds)
        except asyncio.CancelledError:  # something happened on the line: nobody needs these words any more
            ANSWERS.labels("not_needed").inc()
            raise
        except (ModelTrouble, TimeoutError) as error:
            return self._gave_up(step, "late" if isinstance(error, TimeoutError) else str(error))
        except Exception as error:  # whatever an SDK throws: the person on the line is owed an answer
            # Only the kind of error: a traceback's variables hold what the person said.
            return self._gave_up(step, type(error).__name__)
        finally:
            SECONDS.observe(time.monotonic() - began)
        self.breaker.succeeded()
        found, why = carried_out(asked, proposal, by=self.model.name)
        if found is None:
            # What it said is not logged: it may repeat the customer's words.
            log.warning("wording_refused", model=self.model.name, why=why.split(":")[0])
            ANSWERS.labels("refused").inc()
            return step
        ANSWERS.labels("used").inc()
        return found

    def _gave_up(self, step: Step, why: str) -> Step:
        self.breaker.failed()
        ANSWERS.labels("failed").inc()
        log.warning("wording_gave_up", model=self.model.name, why=why)
        return step
