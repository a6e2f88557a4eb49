"""Written calls: one JSON object a line, read strictly. What is not understood is an error that names the line and the field."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from calls.agent.facts import Brief, BriefError, DebtorType, InvoiceFacts, Language, LinkChannel
from syntharra.money import Money, NotMoney, of

DEFAULT_MOMENT = "2026-03-18T15:00:00Z"
_ZONE = ZoneInfo("America/New_York")
_CURRENCIES = {"$": "USD", "": "USD", "US$": "USD", "USD": "USD"}


class DialogueError(ValueError):
    """This line is no dialogue; the message says where and what is expected."""


class When(StrEnum):
    """When a turn of the customer comes."""

    NEXT = "next"
    ANY = "any"
    IDENTITY_ASKED = "identity_asked"
    DEBT_STATED = "debt_stated"
    ASKED_WHAT_IS_WRONG = "asked_what_is_wrong"


@dataclass(frozen=True, slots=True)
class CustomerTurn:
    """Something the customer says, with the growing recognitions that come before it."""

    say: str
    when: When
    partials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dialogue:
    id: str
    brief: Brief
    turns: tuple[CustomerTurn, ...]


def read(line: str) -> Dialogue:
    """Raises :class:`DialogueError`."""
    try:
        raw = json.loads(line)
    except ValueError as error:
        raise DialogueError(f"not JSON ({error})") from error
    if not isinstance(raw, dict):
        raise DialogueError("a dialogue is a JSON object")
    name = raw.get("id")
    if not isinstance(name, (str, int)) or isinstance(name, bool) or name == "":
        raise DialogueError('"id" must be a name')
    turns = raw.get("turns")
    if not isinstance(turns, list):
        raise DialogueError('"turns" must be a list')
    return Dialogue(str(name), _brief(raw), tuple(_turn(turn, index) for index, turn in enumerate(turns)))


def _brief(raw: dict[str, Any]) -> Brief:
    facts = raw.get("facts")
    if not isinstance(facts, dict):
        raise DialogueError('"facts" must be an object')
    moment = _moment(raw.get("at") or DEFAULT_MOMENT)
    listed = facts.get("invoices")
    invoices = listed if isinstance(listed, list) and listed else [facts]
    try:
        return Brief(
            business_name=_text(facts, "business_name", needed=True),
            customer_name=_text(facts, "customer_name", needed=True),
            contact_name=_text(facts, "contact_name"),
            invoices=tuple(_invoice(one) for one in invoices),
            today=moment.astimezone(_ZONE).date(),
            local_time=moment.astimezone(_ZONE).time(),
            debtor_type=_debtor_type(raw.get("debtor_type")),
            language=Language.SPANISH if raw.get("lang") == "es" else Language.ENGLISH,
            zip_code=_text(facts, "zip"),
            street=_text(facts, "street"),
            callback_number=_text(facts, "callback_number"),
            link=LinkChannel.EMAIL,
        )
    except BriefError as error:
        raise DialogueError(f'"facts": {error}') from error


def _invoice(facts: Any) -> InvoiceFacts:
    if not isinstance(facts, dict):
        raise DialogueError('each of "invoices" must be an object')
    return InvoiceFacts(
        number=_text(facts, "invoice_number", needed=True),
        amount=_money(_text(facts, "amount", needed=True)),
        due_date=_day(_text(facts, "due_date", needed=True)),
        work=_text(facts, "work"),
    )


def _turn(raw: Any, index: int) -> CustomerTurn:
    where = f'"turns"[{index}]'
    if not isinstance(raw, dict) or not isinstance(raw.get("say"), str):
        raise DialogueError(f'{where} must be an object with "say"')
    partials = raw.get("partials") or []
    if not isinstance(partials, list) or not all(isinstance(partial, str) for partial in partials):
        raise DialogueError(f'{where}: "partials" must be a list of texts')
    when = raw.get("when")
    try:
        condition = When.NEXT if when is None else When(when)
    except ValueError as error:
        known = ", ".join(one.value for one in When if one is not When.NEXT)
        raise DialogueError(f'{where}: "when" must be null or one of {known}, not {when!r}') from error
    return CustomerTurn(_printable(raw["say"]), condition, tuple(_printable(partial) for partial in partials))


def _text(facts: dict[str, Any], key: str, *, needed: bool = False) -> str:
    value = facts.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, (str, int)) or isinstance(value, bool) or (needed and not str(value).strip()):
        raise DialogueError(f'"facts": "{key}" must be a text')
    return _printable(str(value)).strip()


def _printable(text: str) -> str:
    """Half characters cannot be printed; each becomes the sign for an unreadable one."""
    return (
        text.encode("utf-8", "replace").decode("utf-8")
        if text.isprintable()
        else re.sub(r"[\ud800-\udfff]", "\ufffd", text)
    )


def _money(text: str) -> Money:
    match = re.fullmatch(r"\s*(US\$|USD|\$|)\s*([\d,]+(?:\.\d+)?)\s*(USD|)\s*", text)
    if match is None:
        raise DialogueError(f'"facts": "amount" must look like "$310.00", not {text!r}')
    try:
        return of(Decimal(match[2].replace(",", "")), _CURRENCIES[match[1]])
    except (NotMoney, InvalidOperation) as error:
        raise DialogueError(f'"facts": "amount": {error}') from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DialogueError(f'"facts": "due_date" must be a day like 2026-02-20, not {text!r}') from error


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise DialogueError(f'"at" must be a moment like {DEFAULT_MOMENT}, not {text!r}') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _debtor_type(value: Any) -> DebtorType:
    if value is None:
        return DebtorType.CONSUMER
    try:
        return DebtorType(value)
    except ValueError as error:
        raise DialogueError(f'"debtor_type" must be consumer or business, not {value!r}') from error
