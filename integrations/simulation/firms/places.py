"""Places in several states: city, first three digits of the ZIP codes, area codes. Numbers are of the fictional kind."""

PLACES: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "FL": (
        ("Tampa", "336", ("813", "656")),
        ("Orlando", "328", ("407", "689")),
        ("Miami", "331", ("305", "786")),
        ("Pensacola", "325", ("850",)),
    ),
    "GA": (("Atlanta", "303", ("404", "470", "678")), ("Savannah", "314", ("912",))),
    "TX": (
        ("Austin", "787", ("512", "737")),
        ("Houston", "770", ("713", "281", "832")),
        ("El Paso", "799", ("915",)),
        ("Dallas", "752", ("214", "469")),
    ),
    "CA": (
        ("San Diego", "921", ("619", "858")),
        ("Oakland", "946", ("510",)),
        ("Fresno", "937", ("559",)),
        ("Los Angeles", "900", ("213", "323")),
    ),
    "NY": (("Brooklyn", "112", ("718", "347")), ("Buffalo", "142", ("716",)), ("New York", "100", ("212", "646"))),
    "NJ": (("Newark", "071", ("973", "862")), ("Trenton", "086", ("609",))),
    "MA": (("Boston", "021", ("617", "857")), ("Worcester", "016", ("508", "774"))),
    "IL": (("Chicago", "606", ("312", "773")), ("Peoria", "616", ("309",))),
    "OH": (("Columbus", "432", ("614", "380")), ("Toledo", "436", ("419",))),
    "CO": (("Denver", "802", ("303", "720")), ("Pueblo", "810", ("719",))),
    "WA": (("Seattle", "981", ("206",)), ("Spokane", "992", ("509",))),
    "OR": (("Portland", "972", ("503", "971")), ("Bend", "977", ("541",))),
    "AZ": (("Phoenix", "850", ("602", "480")), ("Tucson", "857", ("520",))),
    "IN": (("Indianapolis", "462", ("317",)), ("Gary", "464", ("219",))),
    "TN": (("Nashville", "372", ("615", "629")), ("Memphis", "381", ("901",))),
    "NC": (("Charlotte", "282", ("704", "980")), ("Raleigh", "276", ("919", "984"))),
}
STREETS = (
    *("Oak St", "Maple Ave", "Cedar Ln", "Lakeview Dr", "2nd Ave", "Martin Luther King Jr Blvd", "Harbor Rd", "Elm Ct"),
    *("Highland Ave", "County Road 12", "Main St", "Peachtree St NE", "Bayshore Blvd", "Willow Way", "Industrial Pkwy"),
    *("Sunset Ter", "Old Mill Rd", "W 34th St", "Pine Ridge Cir", "Commerce Dr", "Orchard Pl", "Alameda de las Pulgas"),
)
UNITS = ("", "", "", "", "", "Apt 4B", "Unit 12", "Suite 300", "#7", "Lot 19")
