"""Secrets at rest: encrypted with rotating keys, each bound to the row it belongs to.

The newest key of ``FIELD_KEYS`` encrypts, every one of them decrypts. The row's table and key are inside the plaintext,
so a ciphertext copied onto another row opens nothing.
"""

import json
from collections.abc import Mapping
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """No key of FIELD_KEYS opens this secret, or it was sealed for another row."""


def encrypt(table: str, row_id: UUID, values: Mapping[str, str]) -> bytes:
    """These values, sealed for this row and no other."""
    inside = json.dumps({"table": table, "row": str(row_id), "values": dict(values)})
    return _keys().encrypt(inside.encode())


def decrypt(table: str, row_id: UUID, sealed: bytes) -> dict[str, str]:
    """What was sealed for this row. Raises Unreadable."""
    try:
        inside = json.loads(_keys().decrypt(bytes(sealed)))
    except InvalidToken:
        raise Unreadable(f"no key of FIELD_KEYS opens the secret of {table} {row_id}") from None
    if (inside["table"], inside["row"]) != (table, str(row_id)):
        raise Unreadable(f"the secret found on {table} {row_id} was sealed for another row")
    return {str(name): str(value) for name, value in inside["values"].items()}


def rotated(sealed: bytes) -> bytes:
    """The same secret under the newest key. Raises Unreadable."""
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken:
        raise Unreadable("no key of FIELD_KEYS opens this secret") from None


def under_newest_key(sealed: bytes) -> bool:
    """Whether the newest key alone opens it: older ones may go once this holds everywhere."""
    try:
        Fernet(settings.FIELD_KEYS[0]).decrypt(bytes(sealed))
    except InvalidToken:
        return False
    return True


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])
