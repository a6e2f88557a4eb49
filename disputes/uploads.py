"""What a stranger sends as proof, made safe: judged by what it holds, never by its name; rewritten, so that nothing rides along.

Photos are decoded and encoded anew, papers written anew page by page: metadata (where a photo was taken), scripts, attached
files and whatever hangs behind the end do not survive. Pure but for the scanner an operator may have set.
"""

import io
import re
import unicodedata
import warnings
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import NameObject

MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_PAGES = 200
LONGEST_SIDE = 4_000
IMAGES = ("JPEG", "PNG", "WEBP")
_UNWANTED = ("/OpenAction", "/AA", "/Names", "/AcroForm", "/JavaScript", "/Metadata", "/Collection", "/Outlines")
_ACTING = ("/A", "/AA", "/FS", "/RichMediaContent")


class BadFile(Exception):
    """This file cannot be taken; the message says why and what to send instead. Nothing was stored."""


@dataclass(frozen=True, repr=False)
class SafeFile:
    """What is kept: new bytes of a known kind under a name that is only a name."""

    name: str
    content_type: str
    suffix: str
    data: bytes


def made_safe(name: str, data: bytes) -> SafeFile:
    """The file as it may be kept. Raises BadFile."""
    plain = plain_name(name)
    if not data:
        raise BadFile(_("“%(name)s” is empty.") % {"name": plain})
    if len(data) > MOST_BYTES:
        raise BadFile(too_large(plain))
    _scan(plain, data)
    if data.startswith(b"%PDF-"):
        return SafeFile(_with(plain, ".pdf"), "application/pdf", ".pdf", _pdf(plain, data))
    return _image(plain, data)


def too_large(name: str) -> str:
    return _("“%(name)s” is larger than %(mb)d MB. A photo of it will do.") % {
        "name": name,
        "mb": MOST_BYTES // 1024 // 1024,
    }


def plain_name(name: str) -> str:
    """Only the last part of a path, without anything a screen or a shell would act on."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(letter for letter in last if unicodedata.category(letter)[0] not in "CZ" or letter == " ")
    return kept.strip(" .")[:100] or "file"


def _with(name: str, suffix: str) -> str:
    stem = name.rpartition(".")[0] or name
    return f"{stem[:110]}{suffix}"


def _scan(name: str, data: bytes) -> None:
    """An operator's own scanner: a dotted path to a callable taking the bytes, returning "" or what it found."""
    if not settings.FILE_SCANNER:
        return
    found = import_string(settings.FILE_SCANNER)(data)
    if found:
        raise BadFile(_("“%(name)s” was refused by a virus scanner.") % {"name": name})


def _image(name: str, data: bytes) -> SafeFile:
    refusal = _("“%(name)s” is no photo (JPEG, PNG, WebP) and no PDF. Take a picture of it and send that.") % {
        "name": name
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=IMAGES) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise BadFile(_("“%(name)s” is too large a picture.") % {"name": name})
                opened.load()
                upright = ImageOps.exif_transpose(opened)
                keeps_alpha = upright.mode in ("RGBA", "LA", "P") and opened.format == "PNG"
                picture = upright.convert("RGBA" if keeps_alpha else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise BadFile(_("“%(name)s” is too large a picture.") % {"name": name}) from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise BadFile(refusal) from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    if keeps_alpha:
        picture.save(out, "PNG", optimize=False)
        return SafeFile(_with(name, ".png"), "image/png", ".png", out.getvalue())
    picture.save(out, "JPEG", quality=88)
    return SafeFile(_with(name, ".jpg"), "image/jpeg", ".jpg", out.getvalue())


def _pdf(name: str, data: bytes) -> bytes:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise BadFile(
                _("“%(name)s” is locked with a password. Save it without one, or send a picture.") % {"name": name}
            )
        if not 1 <= len(reader.pages) <= MOST_PAGES:
            most = {"name": name, "n": MOST_PAGES}
            raise BadFile(_("“%(name)s” has no pages, or more than %(n)d.") % most)
        writer = PdfWriter()
        for page in reader.pages:
            _quieted(writer.add_page(page))
        for unwanted in _UNWANTED:
            writer.root_object.pop(NameObject(unwanted), None)
        writer.metadata = None
        out = io.BytesIO()
        writer.write(out)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise BadFile(_("“%(name)s” cannot be read as a PDF. Send a picture of it.") % {"name": name}) from error
    return out.getvalue()


def _quieted(page: object) -> None:
    """A page does nothing when it is opened or touched."""
    assert hasattr(page, "pop")
    page.pop("/AA", None)
    annotations = page.get("/Annots") if hasattr(page, "get") else None
    for annotation in annotations or ():
        row = annotation.get_object()
        for act in _ACTING:
            row.pop(act, None)
