"""Makes a firm's customers: who they are, where they live, how their numbers were typed in."""

import random
import re
import unicodedata
from datetime import timedelta
from itertools import chain, count
from typing import Any

from integrations.simulation.books import Books
from integrations.simulation.entities import Customer, Person
from integrations.simulation.firms import names
from integrations.simulation.firms.firm import Firm
from integrations.simulation.firms.places import PLACES, STREETS, UNITS

PHONE_FORMS = (
    *("({a}) 555-{n}", "({a}) 555-{n}", "({a}) 555-{n}", "{a}-555-{n}", "{a}-555-{n}", "{a}.555.{n}", "{a}555{n}"),
    *("+1 {a} 555 {n}", "1-{a}-555-{n}", "{a} 555 {n}", "({a}) 555-{n} x12", "{a}-555-{n} ext. 304", "{a}/555-{n}"),
)
RARE_PHONES = ("555-{n}", "ask for Rosa {a}-555-{n}", "see notes", "{a}-555-{n} / {a}-555-0100", "n/a")
NOTES = (
    "Prefers e-mail.",
    "Call after 5 pm.",
    "Gate code 4471#",
    "Slow payer, be friendly.",
    "VIP",
    "Se habla español.",
)


class People:
    """The same customers for the same dice."""

    def __init__(self, books: Books, firm: Firm, dice: random.Random) -> None:
        self._books, self._firm, self._dice = books, firm, dice
        self._taken = {one.name for one in books.customers.values()}
        self._since = books.clock.now()

    def customers(self, number: int) -> list[Customer]:
        """So many, those beneath others included, taken in one after the other."""
        made: list[Customer] = []
        while len(made) < number:
            made.append(self._customer())
            if made[-1].company and self._dice.random() < self._firm.sites:
                made += [self._site(made[-1]) for _ in range(min(self._dice.randint(1, 3), number - len(made)))]
        return made

    def _customer(self) -> Customer:
        dice, is_company = self._dice, self._dice.random() < self._firm.companies
        given, family = self._person()
        company = self._company() if is_company else ""
        facts = {**self._place(), "company": company, "given": given, "family": family}
        full = f"{given} {family}".strip()
        facts["email"] = self._email(full, company)
        facts["phones"] = self._phones(facts.pop("area"), is_company)
        terms = self._firm.company_terms if is_company else self._firm.consumer_terms
        facts |= {"terms_days": dice.choice(terms), "people": self._people(company)}
        facts |= {"note": dice.choice(NOTES) if dice.random() < 0.06 else ""}
        facts |= {"chased_by_vendor": dice.random() > 0.15, "active": dice.random() > 0.02}
        return self._add(company or full, facts)

    def _site(self, parent: Customer) -> Customer:
        facts = self._place()
        area, name = facts.pop("area"), f"{parent.name} - {self._dice.choice(self._firm.site_names)}"
        facts |= {"state": parent.state, "city": parent.city, "zip": parent.zip, "terms_days": parent.terms_days}
        facts |= {"given": parent.given, "family": parent.family, "email": parent.email}
        phones = self._phones(area, True)
        return self._add(name, {**facts, "company": parent.company, "parent": parent.id, "phones": phones})

    def _add(self, name: str, facts: dict[str, Any]) -> Customer:
        """Two customers with one name are told apart as people do it; several vendors insist."""
        others = (f"{name} ({what})" for what in chain((facts["city"], facts["street"]), count(2)))
        name = next(one for one in chain((name,), others) if one not in self._taken)  # endless: never unpacked
        self._taken.add(name)
        facts["created_at"] = self._since + timedelta(seconds=11 * len(self._taken))
        return self._books.add_customer(name, **facts)

    def _person(self) -> tuple[str, str]:
        if self._dice.random() < 0.015:
            return self._dice.choice(names.UNUSUAL)
        return self._dice.choice(names.GIVEN), self._dice.choice(names.FAMILY)

    def _company(self) -> str:
        if self._dice.random() < 0.02:
            return self._dice.choice(names.UNUSUAL_COMPANIES)
        if self._dice.random() < 0.2:
            return (
                f"{self._dice.choice(names.FAMILY)} & {self._dice.choice(('Sons', 'Daughters', 'Associates', 'Co.'))}"
            )
        return f"{self._dice.choice(names.COMPANY_FIRST)} {self._dice.choice(self._firm.company_kinds)}"

    def _place(self) -> dict[str, Any]:
        dice, state = self._dice, self._dice.choice(self._firm.states)
        city, zip, areas = dice.choice(PLACES[state])
        street = f"{dice.randint(1, 9899)} {dice.choice(STREETS)} {dice.choice(UNITS)}".strip()
        code = f"{zip}{dice.randint(1, 98):02d}" + (f"-{dice.randint(1000, 9999)}" if dice.random() < 0.1 else "")
        return {"street": street, "city": city, "state": state, "zip": code, "area": dice.choice(areas)}

    def _phones(self, area: str, is_company: bool) -> dict[str, str]:
        dice = self._dice
        if dice.random() < 0.07:
            return {}
        kinds = ("work", "mobile") if is_company else ("mobile", "home")
        first = kinds[0] if dice.random() < 0.75 else kinds[1]
        found = {first: self._phone(area)}
        if dice.random() < 0.2:
            found[kinds[1] if first == kinds[0] else kinds[0]] = self._phone(area)
        return found

    def _phone(self, area: str) -> str:
        form = self._dice.choice(RARE_PHONES if self._dice.random() < 0.03 else PHONE_FORMS)
        return form.format(a=area, n=f"01{self._dice.randint(0, 99):02d}")

    def _people(self, company: str) -> list[Person]:
        dice, roles = self._dice, self._firm.roles if company else self._firm.home_roles
        if not roles or dice.random() > (0.6 if company else 0.12):
            return []
        chosen = roles[: dice.randint(1, min(3, len(roles)))] if company else (dice.choice(roles),)
        return [self._further(role, company) for role in chosen]

    def _further(self, role: str, company: str) -> Person:
        dice, (given, family) = self._dice, self._person()
        area = dice.choice(dice.choice(PLACES[dice.choice(self._firm.states)])[2])
        name = f"{given} {family}".strip()
        email = f"ap@{_slug(company)}.example" if role == "accounts payable" else self._email(name, company)
        phone, mobile = self._phone(area), self._phone(area)
        return Person(name, role, email, phone if dice.random() < 0.7 else "", mobile if dice.random() < 0.3 else "")

    def _email(self, name: str, company: str) -> str:
        if self._dice.random() < 0.05:
            return ""
        domain = (
            f"{_slug(company)}.example" if company else self._dice.choice(("example.com", "example.net", "example.org"))
        )
        return f"{_slug(name, '.')}{'' if company else self._dice.randint(1, 99)}@{domain}"


def _slug(text: str, between: str = "") -> str:
    """Letters an address can have; some people's names leave none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return between.join(re.findall("[a-z0-9]+", plain))[:30].strip(".") or "office"
