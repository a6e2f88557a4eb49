"""What somebody wrote new in a mail: without what he quotes, and without his signature. English and Spanish mail programs.

Cautious: in doubt a line stays. A reader who sees too much is served better than one who misses an objection.
"""

import re

_WROTE = re.compile(
    r"^(?:on\b.{4,300}\bwrote|el\b.{4,300}\bescribi[oó]|le\b.{4,300}\ba écrit|am\b.{4,300}\bschrieb.*)\s*:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_WROTE_BEGINS = re.compile(r"^(?:on|el)\b.*(?:\d|,)", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^[-_ ]{2,}\s*(?:original message|original appointment|mensaje original|forwarded message|mensaje reenviado)\s*[-_ ]*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\*?(?:from|de)\s*:\*?\s*\S", re.IGNORECASE)
_SENT = re.compile(r"^\*?(?:sent|date|enviado(?: el)?|fecha|to|para|subject|asunto)\s*:\*?\s*\S", re.IGNORECASE)
_SIGNATURE = re.compile(r"^(?:--|—|__)\s*$")
_DEVICE = re.compile(
    r"^(?:sent from (?:my|yahoo|mail|outlook)\b.*|get outlook for\b.*|enviado desde (?:mi|yahoo)\b.*|sent via\b.{0,40})$",
    re.IGNORECASE,
)
_MOST_LINES = 5_000
_WROTE_LINES = 4  # how many lines a mail program may break "On … wrote:" into


def new_words(text: str) -> str:
    """The part of this mail that its sender wrote now; empty where he only quoted."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MOST_LINES]]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if line.startswith(">"):
            at += 1
            continue
        if (length := _wrote(lines, at)) > 0:
            if not _quoted_next(lines, at + length):
                break  # the program does not mark what it quotes: all the rest is the old mail
            at += length
            continue
        if _ORIGINAL.match(line) or _is_header_block(lines, at) or _SIGNATURE.match(line):
            if not _SIGNATURE.match(line) or not _goes_on(lines, at):
                break
        elif not _DEVICE.match(line):
            kept.append(lines[at])
        at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _wrote(lines: list[str], at: int) -> int:
    """How many lines from here are "On …, … wrote:"; 0 when none."""
    if not _WROTE_BEGINS.match(lines[at].strip()) and not _WROTE.match(lines[at].strip()):
        return 0
    for length in range(1, _WROTE_LINES + 1):
        if _WROTE.match(" ".join(part.strip() for part in lines[at : at + length])):
            return length
    return 0


def _quoted_next(lines: list[str], at: int) -> bool:
    following = next((line.strip() for line in lines[at:] if line.strip()), "")
    return following.startswith(">")


def _is_header_block(lines: list[str], at: int) -> bool:
    """``From: …`` with at least one more header line right below it, as Outlook writes above what it quotes."""
    if not _FROM.match(lines[at].strip()):
        return False
    return any(_SENT.match(line.strip()) for line in lines[at + 1 : at + 4])


def _goes_on(lines: list[str], at: int) -> bool:
    """After a line of dashes: an answer written beneath what is quoted still follows when quotes do."""
    return any(line.lstrip().startswith(">") for line in lines[at + 1 :])
