"""GET /v2/locations."""

from integrations.simulation.call import Answer, Call, json_answer
from integrations.square.simulation.bodies import query
from integrations.square.simulation.people_shape import location_shape
from integrations.square.simulation.world import SquareWorld


def listed(world: SquareWorld, call: Call) -> Answer:
    """Every location, inactive ones too, in one answer."""
    query(call, ())
    books = world.seller(call)
    return json_answer({"locations": [location_shape(books, one) for one in books.locations.values()]})


def one(world: SquareWorld, call: Call) -> Answer:
    """By id, or the main one by that name."""
    books, id = world.seller(call), call.path_params["id"]
    place = books.main if id == "main" else world.location(books, id)
    return json_answer({"location": location_shape(books, place)})
