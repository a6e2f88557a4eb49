"""Rival Rooter of Cleveland, Ohio: a second company with ids of its own that clash with Ava's on purpose."""

from integrations.quickbooks.simulation.config import RIVAL_ROOTER
from integrations.quickbooks.simulation.seed.firms import Bill, Firm, read_people

PEOPLE = read_people(
    """
    61 | Erie Street Laundry | Tess Kowalski | (216) 555-0101 | 920 Erie St | 44114 | tess@eriestreetlaundry.example
    62 | Tremont Tap House | Sean Boyle | (216) 555-0102 | 2200 Professor Ave | 44113 | sean@tremonttap.example
    63 | Lakewood Pediatrics | Amy Stone | 216-555-0103 | 14701 Detroit Ave | 44107 | billing@lakewoodpediatrics.example
    64 | Gloria Banks | Gloria Banks | (216) 555-0104 | 3311 W 41st St | 44109 | gloria.banks@homemail.example
    65 | Euclid Tool & Die | Rick Novak | 216.555.0105 | 1900 Euclid Ave | 44115 | rick@euclidtool.example
    66 | Shoreway Marina | Deb Quinn | (216) 555-0106 | 8701 Lakeshore Blvd | 44108 | deb@shorewaymarina.example
    """,
    city="Cleveland",
)

BILLS = (
    Bill("412", "1001", "61", -6, (("13", "Main line cleaning", "1", "540"),)),
    Bill("413", "1002", "62", -14, (("10", "Beer line drain repair", "4", "130"), ("17", "Parts", "1", "77.80"))),
    Bill("414", "1003", "63", 11, (("18", "Hand sinks installed", "3", "310"),)),
    Bill("415", "1004", "64", -9, (("11", "Service call", "1", "110"),)),
    Bill("416", "1005", "65", -25, (("15", "Pit pump replacement", "1", "1990"),), payments=(("455", "1990.00", -1),)),
    Bill("417", "1006", "66", -3, (("10", "Dock water line repair", "6", "130"),), payments=(("456", "300.00", -10),)),
)

RIVAL = Firm(
    realm=RIVAL_ROOTER,
    name="Rival Rooter",
    mail="office@rivalrooter.example",
    phone="(216) 555-0199",
    street="4100 Payne Ave",
    city="Cleveland",
    postal_code="44103",
    zone="America/New_York",
    people=PEOPLE,
    bills=BILLS,
)
