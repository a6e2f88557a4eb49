"""What may be written into an invoice: payment requests, reminders, ways to pay, texts."""

from decimal import Decimal
from typing import Any

from integrations.simulation.entities import ZERO
from integrations.square.simulation import bodies
from integrations.square.simulation.errors import bad
from integrations.square.simulation.schedule import amounts
from integrations.square.simulation.values import Json, day, present

REQUEST_FIELDS = (
    *("uid", "request_type", "due_date", "fixed_amount_requested_money", "percentage_requested", "tipping_enabled"),
    *("automatic_payment_source", "card_id", "reminders", "computed_amount_money", "total_completed_amount_money"),
    *("rounding_adjustment_included_money", "request_method"),
)
REMINDER_FIELDS = ("uid", "relative_scheduled_days", "message", "status", "sent_at")
INVOICE_FIELDS = (
    *("id", "version", "location_id", "order_id", "primary_recipient", "payment_requests", "delivery_method"),
    *("invoice_number", "title", "description", "scheduled_at", "public_url", "next_payment_amount_money", "status"),
    *("timezone", "created_at", "updated_at", "accepted_payment_methods", "custom_fields", "subscription_id"),
    *("sale_or_service_date", "payment_conditions", "store_payment_method_enabled", "attachments"),
    "creator_team_member_id",
)
RECIPIENT_FIELDS = (
    *("customer_id", "given_name", "family_name", "email_address", "address", "phone_number", "company_name"),
    "tax_ids",
)
METHOD_NAMES = ("card", "square_gift_card", "bank_account", "buy_now_pay_later", "cash_app_pay")


def payment_requests(found: list[Any], total: Decimal, currency: str) -> list[dict[str, Any]]:
    """The plan as it is kept. Raises where Square would not take it: combination, days, sums."""
    plan = [payment_request(one, f"invoice.payment_requests[{at}]", currency) for at, one in enumerate(found)]
    check_plan(plan, total, currency)
    return plan


def payment_request(value: Any, path: str, currency: str) -> dict[str, Any]:
    """One request, its read-only fields passed over."""
    found = bodies.fields(value, path, REQUEST_FIELDS, required=("request_type", "due_date"))
    kind = bodies.choice(found, "request_type", path, ("BALANCE", "DEPOSIT", "INSTALLMENT"))
    percentage = bodies.decimal(found, "percentage_requested", path)
    fixed = bodies.amount(found, "fixed_amount_requested_money", path, currency)
    if kind == "BALANCE" and (percentage is not None or fixed is not None):
        raise bad("INVALID_VALUE", "A BALANCE request takes no amount of its own.", field=path)
    if kind != "BALANCE" and (percentage is None) == (fixed is None):
        words = "Exactly one of percentage_requested and fixed_amount_requested_money is required."
        raise bad(
            "CONFLICTING_PARAMETERS" if percentage is not None else "MISSING_REQUIRED_PARAMETER", words, field=path
        )
    source = ("NONE", "CARD_ON_FILE", "BANK_ON_FILE")
    plan = {
        "uid": bodies.text(found, "uid", path) or None,
        "type": kind,
        "due_on": date_text(found, "due_date", path),
        "percentage": str(percentage) if percentage is not None else None,
        "fixed": str(fixed) if fixed is not None else None,
        "tipping": bodies.boolean(found, "tipping_enabled", path),
        "auto": bodies.choice(found, "automatic_payment_source", path, source, "NONE"),
        "card_id": bodies.text(found, "card_id", path) or None,
    }
    kept: dict[str, Any] = {name: one for name, one in plan.items() if one is not None}
    if "reminders" in found:
        reminders = bodies.array(found, "reminders", path, most=10)
        kept["reminders"] = [_reminder(one, f"{path}.reminders[{at}]") for at, one in enumerate(reminders)]
    return kept


def check_plan(plan: list[dict[str, Any]], total: Decimal, currency: str) -> None:
    """One balance; a deposit with a balance; 2 to 12 installments, with a deposit or without; all of it the total."""
    path = "invoice.payment_requests"
    kinds = [one["type"] for one in plan]
    rest = kinds[1:] if kinds[:1] == ["DEPOSIT"] else kinds
    if not (rest == ["BALANCE"] or (2 <= len(rest) <= 12 and set(rest) == {"INSTALLMENT"})):
        raise bad("INVALID_VALUE", "This combination of payment requests is not possible.", field=path)
    days = [one["due_on"] for one in plan]
    if days != sorted(days):
        raise bad("INVALID_VALUE", "Payment requests must be in the order of their due dates.", field=path)
    shares = [Decimal(one["percentage"]) for one in plan if one["type"] == "INSTALLMENT" and "percentage" in one]
    if shares and (len(shares) != len(rest) or sum(shares) != 100):
        raise bad("INVALID_VALUE", "The percentages of installments must add up to 100.", field=path)
    asked = amounts(plan, total, currency)
    if any(one < 0 for one in asked) or sum(asked, ZERO) != total:
        raise bad("INVALID_VALUE", "Payment requests must equal the total order amount.", field=path)


def texts(found: Json) -> Json:
    """The plain texts of an invoice as they are kept in its extra facts."""
    path = "invoice"
    kept: Json = {
        "title": bodies.text(found, "title", path) or None,
        "delivery": bodies.choice(found, "delivery_method", path, ("EMAIL", "SHARE_MANUALLY", "SMS")) or None,
        "sale_date": date_text(found, "sale_or_service_date", path) if "sale_or_service_date" in found else None,
    }
    if "accepted_payment_methods" in found:
        kept["methods"] = methods(found)
    if "custom_fields" in found:
        kept["custom_fields"] = custom_fields(found)
    if "store_payment_method_enabled" in found:
        kept["store_method"] = bodies.boolean(found, "store_payment_method_enabled", path)
    scheduled = bodies.time(found, "scheduled_at", path)
    kept["scheduled_at"] = scheduled.isoformat() if scheduled else None
    return present(kept)


def methods(found: Json) -> dict[str, bool]:
    """Ways to pay; at least one."""
    path = "invoice.accepted_payment_methods"
    given = bodies.sub(found, "accepted_payment_methods", "invoice", METHOD_NAMES)
    kept = {name: bodies.boolean(given, name, path) for name in METHOD_NAMES}
    if not any(kept.values()):
        raise bad("INVALID_VALUE", "At least one payment method must be accepted.", field=path)
    return kept


def custom_fields(found: Json) -> list[Json]:
    """At most two, each with a label and a place."""
    kept = []
    for at, one in enumerate(bodies.array(found, "custom_fields", "invoice", most=2)):
        path = f"invoice.custom_fields[{at}]"
        given = bodies.fields(one, path, ("label", "value", "placement"), required=("label", "placement"))
        bodies.choice(given, "placement", path, ("ABOVE_LINE_ITEMS", "BELOW_LINE_ITEMS"))
        bodies.text(given, "label", path, longest=30)
        bodies.text(given, "value", path, longest=2000)
        kept.append(given)
    return kept


def recipient(found: Json) -> str:
    """The customer id of the recipient. Raises where it is missing."""
    given = bodies.sub(found, "primary_recipient", "invoice", RECIPIENT_FIELDS, required=("customer_id",))
    return bodies.text(given, "customer_id", "invoice.primary_recipient")


def date_text(found: Json, name: str, path: str) -> str:
    """A calendar date. Raises INVALID_VALUE."""
    try:
        return day(found.get(name)).isoformat()
    except ValueError:
        raise bad("INVALID_VALUE", f"`{found.get(name)}` is not a date (YYYY-MM-DD).", field=f"{path}.{name}") from None


def _reminder(value: Any, path: str) -> dict[str, Any]:
    found = bodies.fields(value, path, REMINDER_FIELDS, required=("relative_scheduled_days",))
    days = bodies.integer(found, "relative_scheduled_days", path) or 0
    if abs(days) > 32_767:
        raise bad("VALUE_TOO_HIGH", "Must be between -32767 and 32767.", field=f"{path}.relative_scheduled_days")
    kept = {
        "days": days,
        "uid": bodies.text(found, "uid", path),
        "message": bodies.text(found, "message", path, longest=1000),
    }
    return {name: one for name, one in kept.items() if one != ""}
