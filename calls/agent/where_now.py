"""Where the person says to be now: ``I'm in Denver these days``, ``we moved to Phoenix``, ``three o'clock Pacific``.

A zone that is said is added to those of the number and the address, never put in their place (12 CFR 1006.6(b)(1)): a place
too many costs hours of calling, one too few wakes somebody. A name that stands for several places means all of them.
"""

import re
from functools import lru_cache

from calls.agent.acts import Callback, Whereabouts
from calls.agent.events import Event, Said
from calls.agent.numbers import words
from calls.agent.turn import Turn
from compliance.rulebook import RuleBook

_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
_ARIZONA, _ALASKA, _HAWAII = "America/Phoenix", "America/Anchorage", "Pacific/Honolulu"
_CITIES = {
    _EASTERN: (
        "akron, albany, annapolis, ann arbor, asheville, atlanta, atlantic city, augusta, baltimore, boston, bronx, brooklyn, buffalo, burlington,"
        " charleston, charlotte, chattanooga, cincinnati, cleveland, columbus, dayton, daytona, detroit, durham, fort lauderdale, fort myers,"
        " grand rapids, greensboro, hartford, indianapolis, jacksonville, jersey city, knoxville, lansing, lexington, long island, louisville,"
        " manhattan, miami, myrtle beach, naples, new haven, newark, norfolk, orlando, philadelphia, philly, pittsburgh, providence, queens,"
        " raleigh, richmond, rochester, sarasota, savannah, staten island, syracuse, tallahassee, tampa, toledo, virginia beach, washington dc,"
        " dc, nueva york, nueva jersey, filadelfia, carolina del norte, carolina del sur"
    ),
    _CENTRAL: (
        "amarillo, austin, baton rouge, birmingham, brownsville, cedar rapids, chicago, corpus christi, dallas, des moines, duluth, fargo,"
        " fort worth, green bay, houston, huntsville, kansas city, laredo, lincoln, little rock, lubbock, madison, mcallen, memphis, milwaukee,"
        " minneapolis, mobile, nashville, new orleans, oklahoma city, omaha, pensacola, san antonio, shreveport, sioux falls, saint louis,"
        " st louis, saint paul, st paul, topeka, tulsa, waco, wichita, nueva orleans"
    ),
    _MOUNTAIN: (
        "albuquerque, billings, boise, bozeman, boulder, casper, cheyenne, colorado springs, denver, el paso, fort collins, great falls,"
        " las cruces, missoula, ogden, provo, rapid city, salt lake, salt lake city, santa fe, nuevo mexico"
    ),
    _PACIFIC: (
        "anaheim, bakersfield, berkeley, burbank, eugene, fresno, irvine, las vegas, la jolla, long beach, los angeles, oakland, palm springs,"
        " pasadena, reno, riverside, sacramento, salem, san diego, san francisco, san jose, santa barbara, santa monica, seattle, spokane,"
        " stockton, tacoma, vegas, silicon valley"
    ),
    _ARIZONA: "flagstaff, mesa, phoenix, scottsdale, sedona, tempe, tucson, yuma",
    _ALASKA: "anchorage, fairbanks, juneau",
    _HAWAII: "honolulu, maui, oahu, waikiki, kauai",
}  # fmt: skip
_SEVERAL = {"portland": (_EASTERN, _PACIFIC), "aurora": (_CENTRAL, _MOUNTAIN), "washington": (_EASTERN, _PACIFIC)}
_CLOCKS = {
    "eastern": _EASTERN, "east coast": _EASTERN, "central": _CENTRAL, "mountain": _MOUNTAIN, "pacific": _PACIFIC,
    "west coast": _PACIFIC, "arizona": _ARIZONA, "alaska": _ALASKA, "alaskan": _ALASKA, "hawaii": _HAWAII, "hawaiian": _HAWAII,
    "este": _EASTERN, "centro": _CENTRAL, "montana": _MOUNTAIN, "pacifico": _PACIFIC,
}  # fmt: skip
_CLOCK = re.compile(
    r"\b(?P<en>eastern|east coast|central|mountain|pacific|west coast|arizona|alaskan?|hawaii(?:an)?) (?:standard |daylight )?time\b"
    r"|\bhora (?:del?|de la) (?P<es>este|centro|montana|pacifico)\b"
)
_FILLERS = r"(?:(?:now|currently|still|here|out|up|down|over|back|right|living|based|staying|working|traveling|travelling|located|actually|just|these days|ahora|aca|aqui|viviendo|trabajando) )*"
_BEING = (
    rf"(?:(?:\b(?:i am|im|we are|he is|hes|she is|shes|they are|theyre)|(?<!\bwe )(?<!\bthey )(?<!\byou )\bwere) {_FILLERS}(?:in|at)"
    r"|\b(?:i|we) (?:now )?live (?:now )?(?:out |over |up |down )?in"
    rf"|\b(?:i|we|ive|weve|i have|we have|he|she) (?:just |recently )?(?:moved|relocated) {_FILLERS}to"
    r"|\bcalling (?:you )?from"
    rf"|\b(?:estoy|estamos|esta|vivo|vivimos) {_FILLERS}en"
    r"|\b(?:me mude|nos mudamos) a)"
)
_NOT_THE_PLACE = r"(?! (?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|lane|next|tomorrow|time))"


def zones_said(text: str) -> tuple[str, ...]:
    """The IANA zones of the places and clocks named as where somebody is now; empty where none is."""
    joined = " ".join(words(text))
    found: dict[str, None] = {}
    for match in _CLOCK.finditer(joined):
        found[_CLOCKS[match["en"] or match["es"]]] = None
    for match in _where().finditer(joined):
        found.update(dict.fromkeys(_places()[match["place"]]))
    return tuple(found)


def note(turn: Turn, event: Event) -> None:
    """Put on record, before a time that is named in the same breath is read on that clock."""
    text = turn.state.last_final if isinstance(event, Said) and event.final and event.text.strip() else ""
    zones = zones_said(text) if text else ()
    if zones:
        times = [index for index, act in enumerate(turn.acts) if isinstance(act, Callback)]
        turn.acts.insert(times[0] if times else len(turn.acts), Whereabouts(text, zones))


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[str, ...]]:
    """By the name as it is said: the open states with all their zones, larger cities, and names that are several."""
    states = RuleBook.load().file.states.values()
    found = {" ".join(words(state.name)): tuple(state.zones) for state in states}
    for zone, names in _CITIES.items():
        found.update(dict.fromkeys(names.split(", "), (zone,)))
    return found | _SEVERAL


@lru_cache(maxsize=1)
def _where() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _places()), key=len, reverse=True))
    return re.compile(rf"{_BEING} (?:the |downtown )?(?P<place>{names})\b{_NOT_THE_PLACE}")
