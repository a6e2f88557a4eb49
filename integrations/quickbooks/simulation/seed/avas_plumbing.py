"""Ava's Plumbing of Columbus, Ohio: what was billed, to whom, and what came in."""

from integrations.quickbooks.simulation.config import AVAS_PLUMBING
from integrations.quickbooks.simulation.seed.avas_people import ORDINARY_PEOPLE, STORY_PEOPLE
from integrations.quickbooks.simulation.seed.firms import Bill, Firm

STORY_BILLS = (
    Bill(
        "398",
        "2188",
        "64",
        -10,
        (("18", "Shop sink and eye-wash station installed", "1", "640"), ("12", "Water line to bay 3", "4", "85")),
    ),
    Bill(
        "412",
        "2207",
        "58",
        -4,
        (("13", "Grease line hydro-jetted", "1", "450"), ("10", "Three-bay sink drain rebuilt", "6", "125")),
        taxed=True,
        payments=(("455", "500.00", -8),),
    ),
    Bill(
        "436",
        "2231",
        "61",
        -3,
        (("11", "Service call", "1", "95"), ("10", "Kitchen faucet replaced", "2", "107.50")),
    ),
    Bill(
        "437",
        "2232",
        "62",
        -6,
        (("10", "Backflow preventer rebuild", "2", "420"), ("16", "Annual backflow test and city report", "4", "100")),
    ),
    Bill(
        "438",
        "2233",
        "62",
        -5,
        (
            ("12", "Irrigation main repair at the Fisher Rd yard", "4", "125"),
            ("17", "Copper pipe and fittings", "1", "200"),
        ),
    ),
    Bill(
        "439",
        "2234",
        "63",
        -8,
        (("13", "Suction line cleared", "2.5", "125"), ("17", "Trap and strainers", "1", "140.25")),
    ),
    Bill(
        "440",
        "2235",
        "65",
        -7,
        (("11", "Service call, vacant unit", "1", "95"), ("10", "Fill valve and supply line replaced", "1", "170")),
    ),
    Bill(
        "441",
        "2236",
        "66",
        -5,
        (("13", "Floor drain cleaning", "1", "225"), ("17", "Proofer water filter", "1", "163.40")),
    ),
    Bill(
        "442",
        "2237",
        "67",
        -9,
        (("10", "Locker room shower valves rebuilt", "6", "185"), ("12", "After-hours labor", "4", "100")),
    ),
    Bill(
        "443",
        "2238",
        "68",
        -12,
        (("14", "Water heater replacement, building C", "1", "1850"), ("17", "Expansion tank", "1", "256.94")),
        taxed=True,
    ),
    Bill("444", "2239", "69", -4, (("13", "Utility sink drain cleared", "1", "149.99"),)),
    Bill(
        "445",
        "2240",
        "70",
        -3,
        (("18", "Restroom faucet replaced", "1", "208.33"), ("12", "Labor", "1", "125")),
    ),
    Bill(
        "446",
        "2241",
        "71",
        -6,
        (("10", "Drinking fountain repair", "2", "185"), ("15", "Sump pump inspection", "2", "125")),
    ),
    Bill("447", "2242", "72", -5, (("11", "Service call", "1", "95"),)),
    Bill(
        "448",
        "2243",
        "73",
        -1,
        (("13", "Boiler room floor drain cleaning", "1", "225"), ("17", "Drain covers", "2", "92.50")),
    ),
    Bill(
        "449",
        "2244",
        "74",
        -20,
        (("13", "Guest room shower drains cleaned", "6", "90"),),
        payments=(("456", "540.00", 2),),
    ),
    Bill(
        "450",
        "2245",
        "75",
        -5,
        (("10", "Vent stack repair", "6", "125"), ("17", "Vent flashing", "1", "120")),
    ),
)

PAID_BILLS = tuple(
    Bill(
        str(500 + number), str(2189 + number), customer, due_in, (line,), payments=((str(530 + number), total, after),)
    )
    for number, (customer, due_in, line, total, after) in enumerate(
        (
            ("80", -85, ("14", "Water heater replacement, 50 gallon", "1", "1640"), "1640.00", -2),
            ("81", -82, ("10", "Steam boiler return line repair", "5", "125"), "625.00", 4),
            ("82", -78, ("13", "Shower drain cleaning", "4", "95"), "380.00", -6),
            ("83", -74, ("13", "Kitchen main line cleaning", "1", "285"), "285.00", 0),
            ("84", -70, ("18", "Tub and sprayer installation", "1", "910"), "910.00", 1),
            ("85", -66, ("18", "Pedicure sinks connected", "6", "115"), "690.00", -3),
            ("86", -63, ("16", "Backflow test", "1", "145"), "145.00", -10),
            ("87", -58, ("11", "Service call", "1", "95"), "95.00", 2),
            ("88", -55, ("19", "Sewer camera inspection", "1", "320"), "320.00", -1),
            ("89", -51, ("15", "Sump pump replacement", "1", "780"), "780.00", 5),
            ("90", -47, ("10", "Outdoor spigots replaced", "3", "140"), "420.00", -4),
            ("91", -44, ("14", "Water heater replacement, 100 gallon", "1", "3150"), "3150.00", -7),
            ("80", -40, ("10", "Toddler toilets reset", "2", "160"), "320.00", 3),
            ("83", -37, ("13", "Grease line cleaning", "1", "350"), "350.00", -2),
            ("88", -33, ("12", "Glycol loop piping", "8", "125"), "1000.00", -5),
            ("76", -30, ("16", "Backflow test at Elm St", "1", "145"), "145.00", -8),
            ("91", -26, ("10", "Mixing valve repair", "3", "125"), "375.00", 0),
        )
    )
)

NOT_YET_DUE_BILLS = tuple(
    Bill(str(520 + number), str(2246 + number), customer, due_in, (line,))
    for number, (customer, due_in, line) in enumerate(
        (
            ("81", 6, ("10", "Condensate pump replaced", "1", "465")),
            ("82", 9, ("18", "Bottle filler installation", "2", "540")),
            ("84", 12, ("13", "Kennel drain cleaning", "3", "95")),
            ("86", 15, ("11", "Service call", "1", "95")),
            ("87", 18, ("15", "Sump pump replacement", "1", "810")),
            ("89", 21, ("19", "Sewer camera inspection", "1", "320")),
            ("90", 24, ("16", "Backflow test", "2", "145")),
            ("91", 28, ("14", "Water heater replacement, 75 gallon", "1", "2480")),
        )
    )
)

AVAS = Firm(
    realm=AVAS_PLUMBING,
    name="Ava's Plumbing",
    mail="ava@avasplumbing.example",
    phone="(614) 555-0199",
    street="640 Lakeview Plaza Blvd",
    city="Columbus",
    postal_code="43085",
    zone="America/New_York",
    people=(*STORY_PEOPLE, *ORDINARY_PEOPLE),
    bills=(*STORY_BILLS, *PAID_BILLS, *NOT_YET_DUE_BILLS),
)
