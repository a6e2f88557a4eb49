"""Calls in progress: the carrier opens one socket a call. Signed, or refused before it is accepted."""

import asyncio
import contextlib
import gc
import os
import socket
import stat
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from calls import bells, freezing, journal, notes, twiml
from calls.conversation import Session
from calls.doors import door_of
from calls.frames import kind, read, word
from calls.hangups import TAKEN_OVER, Listener, tell
from calls.opened import OpenLine, open_line
from calls.threads import anywhere, in_database, warm
from calls.wording_model.configured import wording
from compliance.rulebook import RuleBook
from disputes.hearing import hear
from integrations.twilio.webhooks import is_signed_socket
from syntharra import logs
from syntharra.identifiers import uuid7

log = logs.get(__name__)

REFUSED, GOING_AWAY = 1008, 1012
HUNG_UP = 1000
SETUP_SECONDS = 10.0
JOURNAL_SECONDS = 10.0
COMES_BACK_WITHIN = 15.0
MOST_EARLY = 500  # as many as the carrier keeps for a socket that comes back
listener = Listener()
_sessions: dict[UUID, tuple[Session, WebSocket]] = {}
_letting_go: set[asyncio.Task[None]] = set()


async def call(websocket: WebSocket) -> None:
    """The conversation of one attempt, until its socket is gone."""
    line_id: UUID = websocket.path_params["line_id"]
    keys = await anywhere(lambda: door_of(line_id).keys)
    if keys is None or not is_signed_socket(websocket.url.path, websocket.headers, keys):
        await websocket.close(REFUSED)
        return
    line = await anywhere(lambda: open_line(line_id))
    if line is None:
        await websocket.close(REFUSED)
        return
    await websocket.accept()
    early: list[dict[str, Any]] = []
    if not await _is_set_up(websocket, line, keys.account, early):
        log.warning("setup_refused", attempt=str(line_id))
        with contextlib.suppress(RuntimeError):  # it may be gone already
            await websocket.close(REFUSED)
        return
    await _talk(websocket, line, early)


async def _is_set_up(websocket: WebSocket, line: OpenLine, account: str, early: list[dict[str, Any]]) -> bool:
    """The setup names our account and the call bound to this line; a path with its signature could be replayed.

    What the carrier delivers before it (after a broken socket it delivers again) is kept in ``early``, and believed only then.
    """
    try:
        async with asyncio.timeout(SETUP_SECONDS):
            while len(early) < MOST_EARLY:
                frame = await _receive(websocket)
                if kind(frame) == "setup":
                    return word(frame, "callSid") == line.sid and word(frame, "accountSid") == account
                early.append(frame)
    except (TimeoutError, WebSocketDisconnect):
        pass
    return False


async def _receive(websocket: WebSocket) -> dict[str, Any]:
    """The next frame. Raises WebSocketDisconnect with the carrier's code when there is none any more."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(int(message.get("code") or HUNG_UP))
    text = message.get("text")
    return read(text if text is not None else (message.get("bytes") or b"").decode(errors="replace"))


async def _talk(websocket: WebSocket, line: OpenLine, early: list[dict[str, Any]]) -> None:
    taken = str(uuid7())
    await _take_over(line.line_id, taken)
    session = Session(line, websocket.send_json, wording())
    _sessions[line.line_id] = session, websocket
    await listener.listen(line.line_id, partial(_told, session, websocket, taken))
    code = HUNG_UP
    try:
        code = await _run(session, websocket, early)
    finally:
        if _sessions.get(line.line_id, (None,))[0] is session:
            del _sessions[line.line_id]
            await listener.forget(line.line_id)
    if code == HUNG_UP:
        await session.finish()
    else:
        await session.leave()
        await in_database(line.business_id, lambda: bells.settle(line.line_id, seconds=COMES_BACK_WITHIN))


async def _run(session: Session, websocket: WebSocket, early: list[dict[str, Any]]) -> int:
    """The code the socket was closed with: the carrier's word for a call that is over is 1000."""
    closed = [GOING_AWAY]

    async def frames() -> AsyncIterator[dict[str, Any]]:
        for frame in early:
            yield frame
        while True:
            try:
                yield await _receive(websocket)
            except WebSocketDisconnect as gone:
                closed[0] = gone.code
                return

    await session.run(frames())
    return closed[0]


async def _take_over(line_id: UUID, taken: str) -> None:
    """The carrier came back on a new socket: the old one is closed, its session has written down where it stood."""
    older = _sessions.pop(line_id, None)
    if older is None:  # another process may hold it
        await anywhere(lambda: tell(line_id, f"{TAKEN_OVER}{taken}"))
    else:
        await _let_go(older[1])


def _told(session: Session, websocket: WebSocket, taken: str, because: str) -> None:
    """Somebody elsewhere wants this line silent, or has it since. What was told before we took it is not meant for us."""
    if not because.startswith(TAKEN_OVER):
        session.stop(because)
    elif because.removeprefix(TAKEN_OVER) > taken:
        letting_go = asyncio.get_running_loop().create_task(_let_go(websocket))
        _letting_go.add(letting_go)
        letting_go.add_done_callback(_letting_go.discard)


async def _let_go(websocket: WebSocket) -> None:
    with contextlib.suppress(RuntimeError):  # it may be gone already
        await websocket.close(GOING_AWAY)


def _warm_up() -> None:
    """The first caller should not wait for rules, model and addresses to be read."""
    RuleBook.load()
    hear("hello")
    wording()  # a language model that is asked for and cannot be used ends the start with what to do about it
    twiml.web("twilio_voice", UUID(int=0))
    # What was loaded stays for good: looking through all of it for garbage would hold up every line for a tenth of a second now and then.
    gc.collect()
    gc.freeze()


def _warm_up_commits() -> None:
    """On each connection that is committed on while somebody waits."""
    freezing.warm_up()
    notes.prepare()


def words_leave_at_once() -> None:
    """No frame of ours is held back until the one before was acknowledged, which would cost 40 ms now and then.

    asyncio sees to it for sockets it opens itself; those several processes share uvicorn opens, before the application starts, and on
    Linux what is set on them holds for every line taken there.
    """
    with contextlib.suppress(FileNotFoundError):  # another system
        for number in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):  # closed meanwhile
                if stat.S_ISSOCK(os.fstat(int(number)).st_mode):
                    _hold_nothing_back(int(number))


def _hold_nothing_back(number: int) -> None:
    with socket.socket(fileno=os.dup(number)) as shared:
        if shared.family in (socket.AF_INET, socket.AF_INET6) and shared.type == socket.SOCK_STREAM:
            shared.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


async def _retry_journal() -> None:
    """What the database would not take is tried again as long as this process lives."""
    while True:
        await asyncio.sleep(JOURNAL_SECONDS)
        await anywhere(journal.retry)


@contextlib.asynccontextmanager
async def _life(_: Starlette) -> AsyncIterator[None]:
    """At the end every open call is written down; the carrier comes back with it to another relay."""
    words_leave_at_once()
    await anywhere(_warm_up)
    await warm(_warm_up_commits)
    retrying = asyncio.create_task(_retry_journal())
    yield
    retrying.cancel()
    await asyncio.gather(retrying, return_exceptions=True)
    for session, _socket in list(_sessions.values()):
        await session.leave()
    await listener.close()


app = Starlette(routes=[WebSocketRoute("/relay/{line_id:uuid}", call)], lifespan=_life)
