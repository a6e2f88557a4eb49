"""Names people and companies bear in the simulated firms, plain ones and the few that break careless software."""

GIVEN = (
    *("James", "Maria", "Robert", "Patricia", "Michael", "Linda", "David", "Barbara", "Carlos", "Susan", "Jessica"),
    *(
        "Thomas",
        "Karen",
        "Darnell",
        "Nancy",
        "Daniel",
        "Lisa",
        "Anthony",
        "Betty",
        "Mark",
        "Sandra",
        "Keisha",
        "Steven",
    ),
    *(
        "Priya",
        "Andrew",
        "Donna",
        "Kenneth",
        "Emily",
        "Joshua",
        "Michelle",
        "Kevin",
        "Carol",
        "Brian",
        "Amanda",
        "Rosa",
    ),
    *("George", "Melissa", "Jamal", "Deborah", "Ronald", "Stephanie", "Tiffany", "Rebecca", "Wei", "Laura", "Luis"),
    *("Sharon", "Ryan", "Cynthia", "Jacob", "Kathleen", "Gary", "Amy", "Eric", "Angela", "Omar", "Shirley", "Grace"),
)
FAMILY = (
    *("Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "Rodriguez", "Martinez", "Lopez"),
    *("Hernandez", "Gonzalez", "Wilson", "Anderson", "Thomas", "Taylor", "Moore", "Jackson", "Martin", "Lee", "Perez"),
    *("Thompson", "White", "Harris", "Sanchez", "Clark", "Ramirez", "Lewis", "Robinson", "Walker", "Young", "Allen"),
    *("King", "Wright", "Scott", "Torres", "Nguyen", "Hill", "Flores", "Green", "Adams", "Nelson", "Baker", "Hall"),
    *("Rivera", "Campbell", "Mitchell", "Carter", "Roberts", "Patel", "Kim", "O'Connor", "McAllister", "Washington"),
    *("Kowalski", "Van Dyke", "Okafor", "Schwartz", "Delgado", "Begay", "Yamamoto", "St. John", "De la Cruz"),
)
UNUSUAL = (
    *(("José", "Muñoz-Peña"), ("Zoë", "Brontë"), ("Nguyễn Thị", "Hương"), ("Siobhán", "Ó Súilleabháin")),
    *(("שרה", "כהן"), ("محمد", "العلي"), ("美玲", "王"), ("Renée", "D'Arcy"), ("Łukasz", "Żak"), ("Cher", "")),
    *(("Maximiliano Bartholomew Alexander", "Featherstonehaugh-Cholmondeley"), ("Søren", "Ærø"), ("J.", "Null")),
)
UNUSUAL_COMPANIES = (
    *("🌵 Cactus Café", "Bob & Sons <Roofing>", 'Peña\'s "Best" Tacos, LLC', "100% Clean; Inc.", "مطعم الياسمين"),
    *(
        "Crème Brûlée Co.",
        "A/C 'R' Us",
        "中华贸易公司",
        "The Very Long Name Homeowners Association of Lower Pine Ridge Circle, Inc.",
    ),
)
COMPANY_FIRST = (
    *("Harbor", "Summit", "Blue Heron", "Cedar", "Riverside", "Granite", "Golden Gate", "Lakeside", "Pioneer", "Union"),
    *(
        "Magnolia",
        "Ironwood",
        "Copper",
        "Northgate",
        "Palmetto",
        "Red Rock",
        "Liberty",
        "Sunrise",
        "Evergreen",
        "Keystone",
    ),
    *(
        "Bayou",
        "Silver Lake",
        "Old Town",
        "Crescent",
        "High Desert",
        "Juniper",
        "Beacon",
        "Stonebridge",
        "Prairie",
        "Delta",
    ),
)
