"""A vendor's routes and the control API as one Starlette app."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from integrations.simulation import control
from integrations.simulation.call import Answer, Call
from integrations.simulation.door import Door
from integrations.simulation.world import World


def simulator(door: Door[Any], routes: Sequence[BaseRoute], *, nothing_here: Answer | None = None) -> Starlette:
    """The simulator as an app of its own, served at the root or mounted.

    Webhooks start with the app's lifespan; mounted, where it may have none, with the first change. With a state file
    the world is found again as it was left. `nothing_here` answers every other path, through the journal.
    """
    door.keeper.recall()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        door.world.hooks.start()
        try:
            yield
        finally:
            await door.world.hooks.stop()
            door.keeper.save(everything=True)

    def lost(_world: World[Any], _call: Call) -> Answer:
        return nothing_here or Answer(404, b"<html><body><h1>404 Not Found</h1></body></html>", "text/html")

    everything = [*routes, *control.routes(door.world, door.keeper)]
    everything.append(Route("/{rest:path}", door.endpoint(lost, api=False)))
    return Starlette(routes=everything, lifespan=lifespan)
