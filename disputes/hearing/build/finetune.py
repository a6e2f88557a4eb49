"""Fine-tunes the encoder on the training lines. Needs torch, in an environment of its own; see ``build/README.md``."""

import copy
import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from disputes.hearing.build.bases import Base
from disputes.hearing.build.corpus import Example, fill, like, prefixes, roughened
from disputes.hearing.build.forms import OUTPUTS
from disputes.hearing.build.network import Encoder, published
from disputes.hearing.labels import INDEPENDENT, RANK, Intent, Reason

BATCH = 32
HEAD_RATE = 1.5e-3
LOWER = 0.85  # of the rate of the layer above it: what lies deeper was learned from far more than our lines
AGREE = 0.5
# What is kept is the running average of the weights, which is steadier than the last of them.
AVERAGED = 0.995
PIECES = 40
_INTENTS, _HAS = len(Intent), len(INDEPENDENT)
# How much more an unheard meaning weighs than one heard wrongly.
_UNHEARD = dict.fromkeys(INDEPENDENT, 2.5) | {Intent.DISPUTE: 1.6}
JOINED = 0.16
KNOWN = 0.6
HEAD_SEED = 7
_JOINS = {"en": (" ", " and ", " so ", ". ", " but ", ", "), "es": (" ", " y ", " pero ", ". ", ", ")}
_ALONE = frozenset({Intent.VOICEMAIL_GREETING, Intent.ABUSIVE, Intent.CONFIRM_IDENTITY_NO, Intent.WRONG_NUMBER})
Array = Any


@dataclass(frozen=True, slots=True)
class Lesson:
    """Rounds over the lines, the first of them number 0, at this share of the base's full rate.

    ``twice_from``: from that round on every batch is read twice, with other parts of the encoder left out, and is to mean the same both
    times. ``skipping_from``: what is known well is seen less often. ``averaged_from``: the weights count towards the average.
    """

    rounds: int
    rate: float
    twice_from: int
    skipping_from: int
    averaged_from: int


LESSONS = (Lesson(3, 1.0, 2, 2, 1),)


@dataclass(frozen=True, slots=True)
class Pupil:
    """What is learned from one text: which outputs are asked for, and the weight of the whole."""

    pieces: list[int]
    intent: int
    has: list[float]
    asked: list[float]
    reason: int
    weight: float
    group: str


def epoch_lines(templates: list[Example], chance: random.Random) -> Iterator[Example]:
    """Each template in one or a few new forms, some cut off, some joined with another: what a telephone makes of it."""
    for one in templates:
        many = 3 if one.text.startswith("*") else 1
        for _ in range(many):
            filled = fill(one.text, chance)
            yield (
                like(one, filled, "clean")
                if chance.random() < 0.4
                else like(one, worn(roughened(filled, one.language, chance), chance), "stt")
            )
        if chance.random() < 0.5:
            yield from prefixes(one, chance)
        if chance.random() < JOINED:
            other = chance.choice(templates)
            if {*one.intents, *other.intents} & _ALONE or "en" not in (one.language, other.language):
                continue
            yield joined(one, other, chance)


def joined(one: Example, other: Example, chance: random.Random) -> Example:
    """Two things said in one breath mean both."""
    first, second = (fill(each.text, chance).rstrip(".!") for each in (one, other))
    said = first + chance.choice(_JOINS["es" if one.language == "es" else "en"]) + second
    intents = tuple(sorted({*one.intents, *other.intents}, key=RANK.__getitem__))
    rest = tuple(intent for intent in intents if intent is not Intent.OTHER) or intents
    text = said if chance.random() < 0.4 else roughened(said, one.language, chance)
    return Example(text, rest, one.reason or other.reason, one.group, "joined", one.language)


def worn(text: str, chance: random.Random) -> str:
    """A small word swallowed now and then."""
    words = text.split()
    if len(words) > 5 and chance.random() < 0.15:
        small = [
            at for at, word in enumerate(words) if len(word) <= 3 and word not in ("not", "no", "dont", "off", "un")
        ]
        if small:
            words.pop(chance.choice(small))
    return " ".join(words)


def pupil(row: Example, base: Base) -> Pupil:
    has = [float(intent in row.intents) for intent in INDEPENDENT]
    cut = row.form == "prefix"
    asked = [
        (_UNHEARD[intent] if intent in row.intents else 1.0)
        * float(not cut or intent is Intent.DISPUTE or intent not in row.intents)
        for intent in INDEPENDENT
    ]
    intents = list(Intent)
    intent = -100 if cut and not row.dispute else intents.index(row.intent)
    reason = list(Reason).index(row.reason) if row.reason and not cut else -100
    return Pupil(base.cut(row.text, PIECES), intent, has, asked, reason, 0.5 if cut else 1.0, row.group)


def batches(pupils: list[Pupil], chance: random.Random) -> list[list[Pupil]]:
    """Of about the same length each, in any order."""
    order = sorted(pupils, key=lambda one: (len(one.pieces), chance.random()))
    made = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    chance.shuffle(made)
    return made


def padded(pieces: list[list[int]]) -> Array:
    longest = max(len(one) for one in pieces)
    return torch.tensor([one + [0] * (longest - len(one)) for one in pieces])


def heard_by(net: Encoder, batch: list[Pupil]) -> Array:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = net(padded([one.pieces for one in batch]))
    return out.float()


def losses_of(out: Array, batch: list[Pupil]) -> Array:
    """One loss a text."""
    weight = torch.tensor([one.weight for one in batch])
    asked = torch.tensor([one.asked for one in batch]) * weight[:, None]
    has = torch.nn.functional.binary_cross_entropy_with_logits(
        out[:, _INTENTS : _INTENTS + _HAS], torch.tensor([one.has for one in batch]), weight=asked, reduction="none"
    ).sum(1)
    intents = torch.tensor([one.intent for one in batch])
    intent = torch.nn.functional.cross_entropy(
        out[:, :_INTENTS], intents, ignore_index=-100, reduction="none", label_smoothing=0.05
    )
    reasons = torch.tensor([one.reason for one in batch])
    reason = torch.nn.functional.cross_entropy(out[:, _INTENTS + _HAS :], reasons, ignore_index=-100, reduction="none")
    return has + (0.4 * intent + 0.4 * reason) * weight


def disagreement(one: Array, other: Array) -> Array:
    """How differently two readings of the same texts came out, one number a text (symmetric Kullback-Leibler divergence)."""
    has = slice(_INTENTS, _INTENTS + _HAS)
    stops = ((torch.sigmoid(one[:, has]) - torch.sigmoid(other[:, has])) * (one[:, has] - other[:, has])).sum(1)
    first, second = one[:, :_INTENTS].log_softmax(-1), other[:, :_INTENTS].log_softmax(-1)
    return stops + 0.4 * ((first.exp() - second.exp()) * (first - second)).sum(1)


def learning(net: Encoder, base: Base) -> tuple[Any, list[Any]]:
    """The optimizer, and all it moves but the head. The lowest layers and the pieces of words stay as published: nearly half the cost."""
    for part in (net.words, net.places, net.norm, net.kind, *net.layers[: base.frozen]):
        part.requires_grad_(False)
    layers = net.layers[base.frozen :]
    groups = [{"params": list(net.head.parameters()), "lr": HEAD_RATE, "weight_decay": 0.0}]
    groups += [
        {"params": list(layer.parameters()), "lr": base.rate * LOWER**above, "weight_decay": 0.01}
        for above, layer in enumerate(reversed(layers))
    ]
    return torch.optim.AdamW(groups, fused=True), [weight for layer in layers for weight in layer.parameters()]


def fine_tuned(base: Base, templates: list[Example], seed: int, say: Any = print) -> Encoder:
    """The published encoder after its lessons on these templates. The same seed gives about the same encoder."""
    torch.manual_seed(HEAD_SEED)
    net = published(base.weights, base.layers, len(OUTPUTS))
    torch.manual_seed(seed)
    learned: dict[str, float] = {}
    for lesson in LESSONS:
        net = taught_once(net, base, lesson, templates, learned, random.Random(seed), say)  # noqa: S311
    net.eval()
    return net


def taught_once(
    net: Encoder,
    base: Base,
    lesson: Lesson,
    templates: list[Example],
    learned: dict[str, float],
    chance: random.Random,
    say: Any,
) -> Encoder:
    """The running average of this encoder's weights over a lesson. ``learned``: how badly each line was known so far, kept up to date."""
    net.train()
    optimizer, moved = learning(net, base)
    rates = [group["lr"] * lesson.rate for group in optimizer.param_groups]
    kept: Encoder | None = None
    began = time.monotonic()
    for number in range(lesson.rounds):
        skipping = number >= lesson.skipping_from
        taught = [one for one in templates if not skipping or chance.random() < _need(learned[one.group])]
        made = batches([pupil(row, base) for row in epoch_lines(taught, chance)], chance)
        total = 0.0
        for step, batch in enumerate(made):
            share = _share((number + step / len(made)) / lesson.rounds)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * share
            out = heard_by(net, batch)
            losses = losses_of(out, batch)
            loss = losses.mean()
            if number >= lesson.twice_from:
                again = heard_by(net, batch)
                loss = 0.5 * (loss + losses_of(again, batch).mean()) + AGREE * disagreement(out, again).mean()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(moved, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if number >= lesson.averaged_from:
                kept = averaged(kept, net)
            for one, value in zip(batch, losses.tolist(), strict=True):
                learned[one.group] = 0.5 * learned.get(one.group, value) + 0.5 * value
                total += value
        seconds = time.monotonic() - began
        say(f"  round {number + 1}: {len(made)} steps, loss {total / len(made) / BATCH:.4f}, {seconds:.0f} s")
    return kept or net


def averaged(kept: Encoder | None, net: Encoder) -> Encoder:
    """The running average of the weights, one step further."""
    if kept is None:
        kept = copy.deepcopy(net)
    with torch.no_grad():
        for mean, weight in zip(kept.parameters(), net.parameters(), strict=True):
            if weight.requires_grad:
                mean.lerp_(weight, 1.0 - AVERAGED)
    return kept


def _need(loss: float) -> float:
    """How likely a line is taken once more: what is known well is seen less often."""
    return 1.0 if loss > KNOWN else 0.35


def _share(done: float) -> float:
    """Of the full rate, after this share of all: rises at first, then falls along a cosine."""
    return min((done + 0.002) / 0.08, 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * max(0.0, (done - 0.08) / 0.92))))
