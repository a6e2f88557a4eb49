"""Chooses the pieces of words that are kept of both bases: those of English and Spanish, of our lines, and single signs.

    python -m disputes.hearing.build.pieces MINILM E5 ENGLISH SPANISH

MINILM, E5: what was published. ENGLISH, SPANISH: word lists, a word a line (Debian's wamerican and wspanish). Writes both files of pieces
into ``encoder_files/``. The encoders are taught with what is chosen: change it, and both are taught anew.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from disputes.hearing.build.bases import read_e5
from disputes.hearing.build.corpus import templates
from disputes.hearing.encoder import FIRST, FOLDER, SECOND, VOCABULARIES
from disputes.hearing.gloss import FILE as GLOSSARY
from disputes.hearing.gloss import gloss
from disputes.hearing.unigram import SPECIAL, Unigram
from disputes.hearing.wordpiece import Pieces

MOST = 80  # pieces of a line that are looked at
COMMON_MINILM = (
    21_500  # of the published pieces, which stand by frequency: rarer ones only where our own words have them
)
RARE_E5 = 2_600  # of what only the word lists have, the least likely: the files would pass what is allowed
_OURS = re.compile(r"▁?[a-záéíóúüñ']*|▁?[0-9]{1,4}|▁?[^\w\s]{1,3}")
_SIGN = re.compile(r"(##)?[a-z0-9!-/:-@\[-`{-~$€£¢°½¼]")
_ALWAYS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


class Differs(RuntimeError):
    """Our own cutting of words is not the published one."""


def main(minilm: str, e5: str, english: str, spanish: str) -> None:
    known = _words(Path(english))
    ours = [*_glossary(), *(one.text for one in templates())]
    published = (Path(minilm) / "vocab.txt").read_text(encoding="utf-8").split("\n")[:-1]
    whole = [piece for piece in published if re.fullmatch(r"[a-z']+", piece)]
    kept = of_minilm(published, known, ours)
    (FOLDER / VOCABULARIES[FIRST]).write_text("\n".join(kept) + "\n", encoding="utf-8")
    foreign = _words(Path(spanish))
    listed = [*known, *foreign, *map(_without_accents, foreign), *map(str, range(1000))]
    rows = of_e5(read_e5(Path(e5))[0], listed, [*whole, *ours])
    text = "".join(f"{piece}\t{likely:.6g}\n" for piece, likely in rows)
    (FOLDER / VOCABULARIES[SECOND]).write_text(text, encoding="utf-8")


def of_minilm(published: list[str], known: Iterable[str], ours: Iterable[str]) -> list[str]:
    """What is kept, in the published order."""
    pieces = Pieces({piece: at for at, piece in enumerate(published)})
    numbers = [str(number) for number in (*range(200), *range(1990, 2031))]
    used = {at for word in (*known, *numbers) for at in pieces.of(word, MOST) if at < COMMON_MINILM}
    used |= {at for text in ours for at in pieces.of(gloss(text), MOST)}
    return [piece for at, piece in enumerate(published) if piece in _ALWAYS or at in used or _SIGN.fullmatch(piece)]


def of_e5(published: list[tuple[str, float]], listed: Iterable[str], ours: Iterable[str]) -> list[tuple[str, float]]:
    """What is kept with its log-likelihood, behind the four special ones."""
    rows = [(piece, likely) for piece, likely in published[len(SPECIAL) :] if _OURS.fullmatch(piece)]
    every = [(piece, 0.0) for piece in SPECIAL] + rows
    unigram = Unigram.of_rows(every)
    needed = {at for text in ours for at in unigram.of(text, MOST)}
    more = {at for word in listed for at in unigram.of(word, MOST)} - needed
    dropped = sorted((at for at in more if at >= len(SPECIAL)), key=lambda at: every[at][1])[:RARE_E5]
    kept = (needed | more) - set(dropped)
    signs = {at for at, (piece, _likely) in enumerate(every) if len(bare := piece.strip("▁")) <= 1 and bare < "ɐ"}
    return [one for at, one in enumerate(every) if at < len(SPECIAL) or at in kept | signs]


def check(texts: Iterable[str]) -> None:
    """Both of our own ways to cut words against the library the encoders were published with. Raises :class:`Differs`."""
    pieces, unigram = Pieces.read(FOLDER / VOCABULARIES[FIRST]), Unigram.read(FOLDER / VOCABULARIES[SECOND])
    by_library = ((_bert(pieces), pieces.of), (_sentencepiece(unigram), unigram.of))
    for text in texts:
        for theirs, ours in by_library:
            if theirs.encode(text).ids[:MOST] != ours(text, MOST) and len(ours(text, MOST)) < MOST:
                raise Differs(f"{text!r}: {theirs.encode(text).tokens}")


def _bert(pieces: Pieces) -> Tokenizer:
    made = Tokenizer(models.WordPiece(pieces.ids, unk_token="[UNK]", max_input_chars_per_word=100))  # noqa: S106
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = _between("[CLS]", "[SEP]", pieces.ids)
    return made


def _sentencepiece(unigram: Unigram) -> Tokenizer:
    rows = list(zip(unigram.ids, unigram.likely, strict=True))
    made = Tokenizer(models.Unigram(rows, unk_id=SPECIAL.index("<unk>")))
    made.normalizer = normalizers.Sequence([normalizers.Replace("’", "'"), normalizers.NFKC(), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    made.post_processor = _between("<s>", "</s>", unigram.ids)
    return made


def _between(start: str, end: str, ids: dict[str, int]) -> processors.TemplateProcessing:
    special = [(name, ids[name]) for name in (start, end)]
    return processors.TemplateProcessing(single=f"{start} $A {end}", special_tokens=special)


def _words(path: Path) -> list[str]:
    return [line.strip().lower() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]


def _without_accents(word: str) -> str:
    """As recognition often writes it: the tilde of ñ stays."""
    kept = (one for one in unicodedata.normalize("NFD", word) if unicodedata.category(one) != "Mn" or one == "\u0303")
    return unicodedata.normalize("NFC", "".join(kept))


def _glossary() -> list[str]:
    return [word for word in re.split(r"[\s:]+", GLOSSARY.read_text(encoding="utf-8")) if word]


if __name__ == "__main__":
    main(*sys.argv[1:])
