"""A file somebody uploaded, read as a table: what it is, is told from its content and never from its name. Pure.

Whatever cannot be taken is refused as a whole with a reason a person understands; nothing of it is kept.
"""

from integrations.file import texts, workbooks
from integrations.file.tables import MOST_BYTES, NotReadable, Table

__all__ = ["NotReadable", "Table", "read"]


def read(content: bytes) -> Table:
    """The table in this file. Raises NotReadable."""
    if not content.strip(b"\0 \t\r\n"):
        raise NotReadable("empty")
    if len(content) > MOST_BYTES:
        raise NotReadable("too_large", most=MOST_BYTES // 1024 // 1024)
    if workbooks.is_container(content):
        return workbooks.table(content)
    refuse_other_kinds(content)
    return texts.table(content)


def refuse_other_kinds(content: bytes) -> None:
    """Raises NotReadable for what is known to be no table, whatever its name says."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:2048]
    lower = start.lower()
    if start.startswith(b"%PDF"):
        raise NotReadable("pdf")
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise NotReadable("picture")
    if lower.startswith((b"<!doctype", b"<html", b"<table", b"<meta", b"<?xml", b"<head", b"<style", b"<div")):
        raise NotReadable("html")
    if start.startswith((b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        raise NotReadable("another_kind")
