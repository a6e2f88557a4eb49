"""Made-up customers, whole and with what they meant: a kind of person, a trade, and the noise of a telephone line.

The same seed gives the same customer. What was meant is known beforehand (`Truth`), so that a call can be judged by it.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from integrations.twilio.simulation.errors import ControlError
from integrations.twilio.simulation.personas import Persona, read_persona

PHRASES = Path(__file__).with_name("phrases.yaml")
PLAIN = "!"
Language = Literal["english", "spanish", "mixed"]
Noise = Literal["clean", "spoken", "bad_line"]
Delivery = Literal["in_turn", "barge_in", "cut_off"]
STREETS = ("Elm Street", "Oak Avenue", "Harbor Road", "Mill Lane")


@dataclass(frozen=True, slots=True)
class GeneratedInvoice:
    """An open invoice; the amount in whole cents, the due date in days before the call."""

    number: str
    cents: int
    days_overdue: int
    work: str


@dataclass(frozen=True, slots=True)
class Bill:
    """Who owes what to whom. Consumers are known by `zip_code` and `street`, businesses by the name of a contact."""

    business: str
    customer: str
    contact: str
    debtor: Literal["business", "consumer"]
    invoices: tuple[GeneratedInvoice, ...]
    zip_code: str
    street: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What the person means, in the labels of the trade; said in the persona's `step`, in these `words` as recognized.

    `plain`: in words that nobody can miss, and that recognition kept as they were. `is_cut_off`: the line goes down in the middle of them.
    """

    means: tuple[str, ...]
    reason: str
    step: int
    words: str
    plain: bool
    is_cut_off: bool

    @property
    def disputes(self) -> bool:
        return "dispute" in self.means


@dataclass(frozen=True, slots=True)
class Generated:
    """One customer, ready to be called."""

    seed: int
    kind: str
    trade: str
    language: Language
    noise: Noise
    delivery: Delivery
    persona: Persona
    truth: Truth
    bill: Bill


@cache
def phrases() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))
    return found


def generate(seed: int, *, kind: str = "", trade: str = "") -> Generated:
    """The customer of this seed. Raises `ControlError` for a kind or trade that is not in `phrases.yaml`."""
    return _Maker(seed, kind, trade).make()


class _Maker:
    def __init__(self, seed: int, kind: str, trade: str) -> None:
        self.seed = seed
        self.dice = random.Random(f"customer {seed}")  # noqa: S311 - a simulation wants the same customer again
        self.kind = self._chosen("kinds", kind)
        self.trade = self._chosen("trades", trade)
        self.about: Mapping[str, Any] = phrases()["kinds"][self.kind]
        self.words: Mapping[str, Any] = phrases()["trades"][self.trade]
        self.language: Language = self.dice.choices(("english", "spanish", "mixed"), (80, 14, 6))[0]
        self.noise: Noise = self.dice.choices(("clean", "spoken", "bad_line"), (3, 4, 3))[0]
        early = bool(self.about.get("early")) or self.kind == "silent"
        self.delivery: Delivery = (
            "in_turn" if early else self.dice.choices(("in_turn", "barge_in", "cut_off"), (6, 3, 1))[0]
        )

    def _chosen(self, what: str, wanted: str) -> str:
        known = list(phrases()[what])
        if wanted and wanted not in known:
            raise ControlError(f"no {what[:-1]} is called {wanted!r}; there are {', '.join(known)}")
        weights = phrases()["weights"]
        return wanted or self.dice.choices(known, [weights.get(name, 1) for name in known])[0]

    def make(self) -> Generated:
        bill = self._bill()
        said, plain = self._line()
        step, recognized = self._step(said)
        steps, place = self._steps(step)
        script = {
            "name": f"generated_{self.seed}",
            "title": self.kind.replace("_", " "),
            "person": bill.customer if bill.debtor == "consumer" else bill.contact,
            "language": "en-US" if self.language == "english" else "es-US",
            "means": list(self.about["means"]),
            "reason": self.about.get("reason", ""),
            "debtor": bill.debtor,
            "pick_up": "" if self.kind == "silent" else self._pick("Hello?", "¿Bueno?"),
            "answers": self._answers(bill),
            "steps": steps,
            "closing": {"say": self._pick("Okay, bye.", "Bueno, adiós."), "after": 8},
            "line": {"kind": "human", "answer_after": self.dice.choice((2, 4, 9))},
        }
        truth = Truth(
            means=tuple(self.about["means"]),
            reason=str(self.about.get("reason", "")),
            step=place,
            words=recognized,
            plain=plain and _without_points(said) in _without_points(recognized),
            is_cut_off=self.delivery == "cut_off",
        )
        persona = read_persona(script)
        return Generated(
            self.seed, self.kind, self.trade, self.language, self.noise, self.delivery, persona, truth, bill
        )

    def _bill(self) -> Bill:
        dice, people = self.dice, phrases()["people"]
        person = dice.choice(people["english" if self.language == "english" else "spanish"])
        consumer = dice.random() < 0.4
        numbers = dice.sample(range(1001, 9899), 3)
        count = dice.choices((1, 2, 3), (7, 2, 1))[0]
        invoices = tuple(
            GeneratedInvoice(
                str(n), dice.randrange(6_000, 480_000), dice.randrange(4, 60), dice.choice(self.words["work"])
            )
            for n in sorted(numbers[:count])
        )
        return Bill(
            business=self.words["business"],
            customer=person if consumer else dice.choice(people["firms"]),
            contact="" if consumer else person,
            debtor="consumer" if consumer else "business",
            invoices=invoices,
            zip_code=f"43{dice.randrange(100, 999)}",
            street=f"{dice.randrange(10, 990)} {dice.choice(STREETS)}",
        )

    # -- what is said -------------------------------------------------------------------------

    def _line(self) -> tuple[str, bool]:
        """The sentence that says it, and whether nobody can miss it."""
        line = str(self.dice.choice(self.about["spanish" if self.language == "spanish" else "english"]))
        plain = line.startswith(PLAIN)
        filled = self._filled(line.removeprefix(PLAIN))
        if self.language == "mixed":
            filled = (
                self.dice.choice(("Mire, ", "Pues, ", "Oiga, "))
                + filled
                + self.dice.choice((" Sí.", " ¿Me entiende?", ""))
            )
        return filled, plain

    def _filled(self, text: str) -> str:
        days = phrases()["days"]
        filling = {
            "thing": self.dice.choice(self.words["thing"]),
            "fault": self.dice.choice(self.words["fault"]),
            "work": self.dice.choice(self.words["work"]),
            "cosa": self.dice.choice(self.words["cosa"]),
            "falla": self.dice.choice(self.words["falla"]),
            "day": self.dice.choice(days["english"]),
            "día": self.dice.choice(days["spanish"]),
        }
        filling["Thing"] = filling["thing"][:1].upper() + filling["thing"][1:]
        for name, value in filling.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def _step(self, said: str) -> tuple[dict[str, Any], str]:
        """The step that says it, with what recognition makes of it; and the words as they are recognized."""
        spoken = said if self.noise == "clean" else self._hesitating(said)
        recognized = spoken if self.noise == "clean" else self._as_recognized(spoken)
        step: dict[str, Any] = {"say": spoken}
        if recognized != spoken:
            step["recognized"] = recognized
        if self.noise != "clean":
            first = {w: h for w, h in phrases()["noise"]["first_heard"].items() if w in recognized.lower().split()}
            step["first_heard"] = dict(self.dice.sample(sorted(first.items()), min(2, len(first))))
        if self.delivery == "barge_in":
            step |= {"barge_in_at": self.dice.choice((1, 2, 3.5)), "about": "money", "patience": 12}
        elif self.delivery == "cut_off" and len(spoken.split()) > 4:
            length = len(spoken.split())
            count = step["hang_up_after_words"] = self.dice.randrange(3, length)
            heard = recognized.split()
            recognized = " ".join(heard[: -(-count * len(heard) // length)])
        return step, recognized

    def _hesitating(self, said: str) -> str:
        """With fillers, words begun twice, and now and then a day that is taken back."""
        dice, words = self.dice, said.split()
        fillers = phrases()["noise"]["fillers"]["spanish" if self.language == "spanish" else "english"]
        spoken: list[str] = []
        for word in words:
            if dice.random() < 0.12:
                spoken.append(dice.choice(fillers))
            if dice.random() < 0.06 and len(word) > 2:
                spoken.append(word.strip(".,?!"))
            spoken.append(word)
        if self.kind == "promises" and self.language == "english" and dice.random() < 0.4:
            spoken += ["no", "wait", "make", "that", dice.choice(phrases()["days"]["english"])]
        return " ".join(spoken)

    def _as_recognized(self, spoken: str) -> str:
        """Without capitals and points; on a bad line also with words taken for others that sound alike."""
        plain = _without_points(spoken)
        if self.noise != "bad_line":
            return plain
        alike = phrases()["noise"]["recognized"]["spanish" if self.language == "spanish" else "english"]
        return " ".join(alike[w] if w in alike and self.dice.random() < 0.35 else w for w in plain.split())

    # -- the rest of the person ---------------------------------------------------------------

    def _steps(self, step: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
        """Everything he does, and the place of what he came to say in it."""
        if self.kind == "silent":
            return [{"silence": self.dice.choice((15, 40))}, {"hang_up": True}], 0
        if "barge_in_at" in step:
            steps = [step]
        else:
            when = "anything" if self.about.get("early") else "money"
            steps = [{"wait_for": when, "patience": 8}, step]
        place = len(steps) - 1
        if "afterwards" in self.about:
            steps.append({"say": self.dice.choice(self.about["afterwards"])})
        return steps, place

    def _answers(self, bill: Bill) -> list[dict[str, Any]]:
        """How he answers what he is asked. Somebody who is not the customer does not say that he is."""
        identity: Sequence[dict[str, Any]]
        if self.about.get("early"):
            said = self._filled(
                str(self.dice.choice(self.about["spanish" if self.language == "spanish" else "english"]))
            )
            identity = [{"when": "identity", "say": said.removeprefix(PLAIN), "times": 3}]
        else:
            identity = [{"when": "identity", "say": self._pick("Yes, this is {name}.", "Sí, soy {name}."), "times": 3}]
        fact = bill.street if self.dice.random() < 0.5 else " ".join(bill.zip_code)
        facts = [{"when": "asks_fact", "say": fact, "times": 2}] if bill.debtor == "consumer" else []
        day = self._filled(self._pick("{day}.", "El {día}."))
        return [
            *facts,
            *identity,
            {
                "when": "asks_what_is_wrong",
                "say": self._what_is_wrong(),
                "times": 1,
            },
            {"when": "asks_how", "say": self._pick("By check.", "Con cheque."), "times": 1},
            {"when": "asks_when", "say": day, "times": 2},
            {"when": "asks_if_fine", "say": self._pick("Yes, that's right.", "Sí, está bien."), "times": 2},
        ]

    def _what_is_wrong(self) -> str:
        if "dispute" in self.about["means"]:
            return self._filled(self._pick("{Thing} {fault}.", "{cosa} {falla}."))
        return self._pick("No, there's nothing wrong with it.", "No, todo está bien.")

    def _pick(self, english: str, spanish: str) -> str:
        return spanish if self.language == "spanish" else english


def _without_points(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum() or c in " '-")
