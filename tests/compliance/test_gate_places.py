"""Where the person may be: split area codes, overlays, toll-free, unknown and foreign numbers, what the person says."""

import pytest

from compliance.facts import Channel, DebtorType, Purpose
from compliance.gate import decide
from compliance.places import locate
from tests.compliance.gate_facts import RULES, a_call, a_consumer_call, reasons, utc

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"


@pytest.mark.parametrize(
    ("area_code", "zones", "place"),
    [
        ("614", (EASTERN,), "US-OH"),
        ("850", (CENTRAL, EASTERN), "US-FL"),  # the library knows only Eastern
        ("448", (CENTRAL, EASTERN), "US-FL"),  # its overlay
        ("689", (CENTRAL, EASTERN), "US-FL"),  # the library knows only Central, Orlando is Eastern
        ("423", (CENTRAL, EASTERN), "US-TN"),
        ("729", (CENTRAL, EASTERN), "US-TN"),  # too new for the library
        ("465", (EASTERN,), "US-NY"),
        ("457", (CENTRAL,), "US-LA"),
        ("270", (CENTRAL, EASTERN), "US-KY"),
        ("364", (CENTRAL, EASTERN), "US-KY"),
        ("812", (CENTRAL, EASTERN), "US-IN"),
        ("930", (CENTRAL, EASTERN), "US-IN"),
        ("458", (MOUNTAIN, PACIFIC), "US-OR"),
        ("208", (MOUNTAIN, PACIFIC), "US-ID"),
        ("928", (MOUNTAIN, "America/Phoenix"), "US-AZ"),
        ("602", ("America/Phoenix",), "US-AZ"),
        ("907", ("America/Adak", "America/Anchorage"), "US-AK"),
        ("808", ("Pacific/Honolulu",), "US-HI"),
        ("915", (MOUNTAIN,), "US-TX"),
        ("202", (EASTERN,), "US-DC"),
    ],
)
def test_a_number_points_to_every_zone_of_its_area_code(area_code: str, zones: tuple[str, ...], place: str) -> None:
    found = locate(a_call(phone=f"+1{area_code}5550142", address_state=None), RULES)

    assert found.zones == zones
    assert found.jurisdictions == (place,)


def test_number_and_address_are_put_together_and_nothing_is_taken_away() -> None:
    facts = a_call(phone="+16075550142", address_state="US-WA", extra_zones=("America/Denver",))

    found = locate(facts, RULES)

    assert found.zones == (MOUNTAIN, PACIFIC, EASTERN)
    assert found.jurisdictions == ("US-NY", "US-WA")
    assert decide(facts, RULES).inputs["zones"] == {
        MOUNTAIN: ["said by the person"],
        PACIFIC: ["address"],
        EASTERN: ["phone"],
    }


@pytest.mark.parametrize(
    ("phone", "found"),
    [
        ("+17875550142", ["US-PR"]),
        ("+19395550142", ["US-PR"]),
        ("+13405550142", ["US-VI"]),
        ("+16715550142", ["US-GU"]),
        ("+14165550142", ["CA"]),
        ("+18675550142", ["CA"]),
        ("+18765550142", ["JM"]),
        ("+12425550142", ["BS"]),
        ("+442079460123", ["GB"]),
        ("+4930123456", ["DE"]),
        ("+882123456789", ["001"]),
        ("+999123456789", ["ZZ"]),
    ],
)
def test_numbers_from_elsewhere_are_refused_even_with_an_address_here(phone: str, found: list[str]) -> None:
    clearance = decide(a_call(phone=phone), RULES)

    assert clearance.reason == "JURISDICTION_DISABLED"
    assert clearance.inputs["findings"][:1] == [{"code": "JURISDICTION_DISABLED", "layer": "house", "places": found}]
    assert clearance.next_allowed_at is None


@pytest.mark.parametrize("state", ["CA-ON", "US-PR", "GB", "US-ZZ", "Ohio"])
def test_addresses_elsewhere_or_unreadable_are_refused(state: str) -> None:
    assert reasons(a_call(address_state=state))[0] == "JURISDICTION_DISABLED"


@pytest.mark.parametrize("phone", ["+18005550142", "+18885550142", "+18335550142"])
def test_a_toll_free_number_says_nothing_about_the_place(phone: str) -> None:
    assert reasons(a_call(phone=phone, address_state=None)) == ("LOCATION_UNKNOWN",)
    assert reasons(a_call(phone=phone, address_state="US-OH")) == ("OK",)
    assert decide(a_call(phone=phone), RULES).inputs["phone_problem"] == "toll-free"


def test_a_zone_the_person_named_does_not_say_which_states_law_binds() -> None:
    facts = a_call(phone="+18005550142", address_state=None, extra_zones=("America/Denver",))

    assert reasons(facts) == ("LOCATION_UNKNOWN",)


@pytest.mark.parametrize("phone", ["+12225550142", "+15555550142"])
def test_an_area_code_nobody_knows_says_nothing_about_the_place(phone: str) -> None:
    assert reasons(a_call(phone=phone, address_state=None)) == ("LOCATION_UNKNOWN",)
    assert decide(a_call(phone=phone), RULES).inputs["phone_problem"] == "no known area"


@pytest.mark.parametrize(
    ("phone", "problem"),
    [
        (None, "missing"),
        ("", "missing"),
        ("call the office", "unreadable"),
        ("(614) 555-0102", "unreadable"),
        ("6145550102", "unreadable"),
        ("+1614555010", "unreadable"),
        ("+161455501020", "unreadable"),
        ("+10145550102", "unreadable"),
        ("+16140550102", "unreadable"),
        ("+１６１４５５５０１０２", "unreadable"),
        ("+16145550102\n", "unreadable"),
        ("+16145550102,,3", "unreadable"),
        ("'; DROP TABLE", "unreadable"),
        ("+19005550142", "never called"),
        ("+19115550142", "never called"),
    ],
)
def test_nobody_is_called_or_texted_without_a_usable_number(phone: str | None, problem: str) -> None:
    for channel in (Channel.CALL, Channel.SMS):
        for purpose in (Purpose.COLLECT, Purpose.SERVICE):
            clearance = decide(a_call(phone=phone, channel=channel, purpose=purpose), RULES)

            assert clearance.all_reasons == ("LOCATION_UNKNOWN",)
            assert clearance.inputs["phone_problem"] == problem


def test_a_letter_needs_an_address_and_no_number() -> None:
    letter = a_call(channel=Channel.LETTER, phone=None)

    assert reasons(letter) == ("OK",)
    assert reasons(a_call(channel=Channel.LETTER, phone=None, address_state=None)) == ("LOCATION_UNKNOWN",)


def test_an_answer_to_somebody_who_may_be_anywhere_waits_until_it_is_day_everywhere() -> None:
    """An acknowledgement by e-mail to a consumer without address or number: 08:00 in Hawaii to 21:00 in New York."""
    facts = a_consumer_call(
        purpose=Purpose.DISPUTE, channel=Channel.EMAIL, phone=None, address_state=None, at=utc("2026-12-01T14:00")
    )

    clearance = decide(facts, RULES)

    assert clearance.all_reasons == ("HOURS_LAW",)
    assert clearance.inputs["assumed_anywhere"] is True
    assert clearance.next_allowed_at == utc("2026-12-01T18:00")
    assert reasons(a_call(purpose=Purpose.DISPUTE, channel=Channel.EMAIL, phone=None, address_state=None)) == ("OK",)


@pytest.mark.parametrize(
    ("phone", "state", "city", "in_city"),
    [
        ("+17185550142", None, None, True),
        ("+16075550142", "US-NY", "Brooklyn", True),
        ("+16075550142", "US-NY", " staten ISLAND ", True),
        ("+16075550142", "US-NY", None, True),
        ("+16075550142", "US-NY", "", True),
        ("+16075550142", "US-NY", "Albany", False),
        ("+16075550142", None, None, False),
        ("+16145550142", "US-OH", "New York", False),
        ("+19175550142", "US-OH", "Columbus", True),
    ],
)
def test_an_unknown_city_in_new_york_counts_as_the_city(
    phone: str, state: str | None, city: str | None, in_city: bool
) -> None:
    facts = a_call(phone=phone, address_state=state, city=city, debtor_type=DebtorType.CONSUMER)

    assert locate(facts, RULES).in_nyc is in_city
