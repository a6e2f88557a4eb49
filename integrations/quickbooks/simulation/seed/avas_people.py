"""Ava's Plumbing of Columbus, Ohio: the people of the sandbox story and a dozen ordinary customers."""

from integrations.quickbooks.simulation.seed.firms import Person, read_people

STORY_PEOPLE = (
    Person(
        "61",
        "Marta Diaz",
        "Marta",
        "Diaz",
        company=False,
        phone="(614) 555-0101",
        street="418 Reinhard Ave",
        postal_code="43206",
        mail="marta.diaz@homemail.example",
        terms="2",
    ),
    Person(
        "62",
        "Oak & Sons Landscaping",
        "Ben",
        "Oak",
        phone="614.555.0102",
        street="2210 Fisher Rd",
        postal_code="43204",
        mail="office@oakandsons.example",
    ),
    Person(
        "58",
        "Harbor Cafe",
        "Ana",
        "Reyes",
        phone="(614) 555-0103",
        mobile="614.555.0163",
        street="12 Pier Rd",
        postal_code="43215",
        mail="ap@harborcafe.example",
    ),
    Person(
        "63",
        "Lena Park Dental",
        "Lena",
        "Park",
        phone="614-555-0104",
        street="955 Bethel Rd",
        postal_code="43214",
        mail="billing@lenaparkdental.example",
    ),
    Person(
        "64",
        "Ortiz Auto Body",
        "Ben",
        "Ortiz",
        phone="6145550105",
        street="1730 Parsons Ave",
        postal_code="43207",
        mail="shop@ortizautobody.example",
    ),
    Person(
        "65",
        "Whitaker Realty",
        "Joan",
        "Whitaker",
        phone="(614) 555-0106",
        street="88 E Broad St",
        mail="joan@whitakerrealty.example",
    ),
    Person(
        "66",
        "Nguyen Bakery",
        "Thu",
        "Nguyen",
        phone="(614) 555-0107",
        street="3147 N High St",
        postal_code="43202",
        mail="thu@nguyenbakery.example",
    ),
    Person(
        "67",
        "Summit Fitness",
        "Carl",
        "Webb",
        phone="(614) 555-0108",
        street="1201 Dublin Rd",
        mail="accounts@summitfitness.example",
    ),
    Person(
        "68",
        "Lakeview Apartments",
        "Dana",
        "Cole",
        phone="(614) 555-0109",
        street="5600 Sunbury Rd",
        postal_code="43230",
        mail="dana@lakeviewapartments.example",
    ),
    Person(
        "69",
        "Petrov Upholstery",
        "Ivan",
        "Petrov",
        phone="(614) 555-0110",
        street="742 Cleveland Ave",
        postal_code="43201",
        mail="ivan@petrovupholstery.example",
    ),
    Person(
        "70",
        "Beacon Books",
        "Ruth",
        "Hale",
        phone="(614) 555-0111",
        street="671 N High St",
        mail="ruth@beaconbooks.example",
    ),
    Person(
        "71",
        "Green Valley School",
        "Sam",
        "Iqbal",
        street="4400 Karl Rd",
        postal_code="43224",
        mail="office@greenvalleyschool.example",
    ),
    Person(
        "72",
        "Frank Moore",
        "Frank",
        "Moore",
        company=False,
        phone="call the office",
        street="229 Whittier St",
        postal_code="43206",
        mail="frank.moore@homemail.example",
        terms="2",
    ),
    Person(
        "73",
        "Hillside Church",
        "Paul",
        "King",
        title="Rev.",
        phone="(614) 555-0112",
        street="3000 Morse Rd",
        postal_code="43231",
        mail="office@hillsidechurch.example",
    ),
    Person(
        "74",
        "Quiet Inn",
        "Mia",
        "Frost",
        phone="(614) 555-0113",
        street="510 S 3rd St",
        mail="mia@quietinn.example",
    ),
    Person(
        "75",
        "Delgado Roofing",
        "Luis",
        "Delgado",
        phone="(614) 555-0114",
        street="1888 Lockbourne Rd",
        postal_code="43207",
        mail="luis@delgadoroofing.example",
    ),
    Person(
        "76",
        "Elm St job",
        street="77 Elm St",
        mail="office@oakandsons.example",
        parent=("62", "Oak & Sons Landscaping"),
    ),
    Person("77", "Old Mill Deli (deleted)", phone="(614) 555-0164", street="90 Mill St", active=False),
)

ORDINARY_PEOPLE = read_people(
    """
    80 | Maple Grove Daycare | Irene Holt | (614) 555-0115 | 1450 Oakland Park Ave | 43224 | irene@maplegrove.example
    81 | Crown Dry Cleaners | Omar Said | (614) 555-0116 | 2020 E Main St | 43205 | omar@crowncleaners.example
    82 | Fifth Street Gym | Nora Vance | (614) 555-0117 | 815 W 5th Ave | 43212 | nora@fifthstreetgym.example
    83 | Bluebird Diner | Earl Simms | (614) 555-0118 | 3410 Indianola Ave | 43214 | earl@bluebirddiner.example
    84 | Hanover Veterinary | Joy Albright | (614) 555-0119 | 6011 Cleveland Ave | 43231 | desk@hanovervet.example
    85 | Tran Nail Studio | Linh Tran | (614) 555-0120 | 1122 Polaris Pkwy | 43240 | linh@trannails.example
    86 | Buckeye Print Shop | Gus Keller | (614) 555-0121 | 380 Dublin Ave | 43215 | gus@buckeyeprint.example
    87 | Scioto Cycle Works | Pia Lang | (614) 555-0122 | 77 Belle St | 43215 | pia@sciotocycle.example
    88 | Riverside Brewing | Hal Norris | (614) 555-0123 | 1101 Corrugated Way | 43201 | hal@riversidebrewing.example
    89 | Franklin Storage | Bea Osgood | (614) 555-0124 | 2750 Westbelt Dr | 43228 | bea@franklinstorage.example
    90 | Clinton Hardware | Walt Eames | (614) 555-0125 | 3225 N High St | 43202 | walt@clintonhardware.example
    91 | Sunrise Senior Living | Kay Mercer | (614) 555-0126 | 4900 Bethel Ridge | 43214 | kay@sunriseliving.example
    """,
    city="Columbus",
)
