"""The simulated world in one process: books, carrier, mail, and people who pay when the letter with the link arrives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn
from django.conf import settings
from django.db import DatabaseError
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from desk import simulated_books
from desk.sandbox import tell_simulators
from desk.simulated_payer import Payer
from integrations.stripe import simulator as stripe
from integrations.twilio import simulator as twilio
from notifications import mailbox as post
from syntharra import logs

log = logs.get(__name__)
TRIES_TO_TELL = 60
# Ana Reyes of Harbor Cafe has two numbers in the books and answers both.
ANAS_DESK, ANAS_MOBILE = "+16145550103", "+16145550163"
# Machine seconds anybody waits for the agent to speak, however fast the people themselves speak: the machine may be busy.
PATIENCE = 10.0


def create_app(host: str, port: int, speed: float, mailbox: post.Mailbox) -> Starlette:
    """Everything under one address: the books of six vendors, /twilio, /stripe, /mailbox; /healthz says that it is there."""
    origin = f"http://{host}:{port}"
    payer = Payer(origin, mailbox)
    mounts = {
        **simulated_books.create_apps(origin),
        "/twilio": twilio.create_app(_carrier(origin, speed)),
        "/stripe": stripe.create_app(_cards(origin)),
        "/mailbox": post.create_app(mailbox),
    }

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:  # mounts have lifespans of their own, which nobody else runs
            for inner in mounts.values():
                await stack.enter_async_context(inner.router.lifespan_context(inner))
            yield

    routes = [
        Route("/healthz", lambda request: PlainTextResponse("ok\n")),
        Route("/payer", payer.told, methods=["POST"]),
        *(Mount(path, app=inner) for path, inner in mounts.items()),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def calling(what: str) -> str:
    """Where the carrier asks about a call or text to one of our numbers."""
    return f"{settings.PUBLIC_URL}/webhooks/twilio/inbound/{what}"


def _carrier(origin: str, speed: float) -> twilio.TwilioSimConfig:
    """One account with our credentials that owns both firms' numbers, as one operator's account would."""
    numbers = tuple(
        replace(
            number,
            voice_url=calling("call"),
            voice_fallback_url=calling("fallback"),
            status_callback=calling("status"),
            sms_url=calling("text"),
        )
        for number in (*twilio.AVA_ACCOUNT.numbers, *twilio.RIVAL_ACCOUNT.numbers)
    )
    account = replace(
        twilio.AVA_ACCOUNT,
        sid=settings.TWILIO_ACCOUNT_SID,
        auth_token=settings.TWILIO_AUTH_TOKEN,
        numbers=numbers,
        calls_per_second=5.0,
    )
    cast = {**twilio.SANDBOX_CAST, ANAS_MOBILE: twilio.SANDBOX_CAST[ANAS_DESK]}
    return twilio.TwilioSimConfig(
        accounts=(account,),
        cast=cast,
        allow_plain_ws=True,
        speed=speed,
        patience_floor=PATIENCE,
        on_pay_url=f"{origin}/payer",
    )


def _cards(origin: str) -> stripe.StripeSimConfig:
    """The card processor, with this installation's keys; accounts and pages outlive a restart beside the books."""
    kept = Path(settings.SIMULATORS_FILE)
    return stripe.StripeSimConfig(
        secret_key=settings.STRIPE_SECRET_KEY,
        client_id=settings.STRIPE_CLIENT_ID,
        redirect_uris=(f"{settings.PUBLIC_URL}/connections/cards/callback",),
        public_url=f"{origin}/stripe",
        state_file=str(kept.with_name(f"{kept.stem}-stripe{kept.suffix}")),
        webhook_url=f"{settings.PUBLIC_URL}/webhooks/stripe",
        webhook_secrets=tuple(one.strip() for one in settings.STRIPE_CONNECT_WEBHOOK_SECRET.split(",") if one.strip()),
    )


async def _tell_the_time() -> None:
    """A restarted world goes on at the business time its installation has reached."""
    for _ in range(TRIES_TO_TELL):
        await asyncio.sleep(2)
        try:
            await asyncio.to_thread(tell_simulators)
        except DatabaseError:  # the first start of all: the database is still being made
            continue
        return


async def serve(host: str, port: int, smtp_port: int, speed: float) -> None:
    """Serve until stopped."""
    mailbox = post.Mailbox()
    smtp = await post.listen(mailbox, host, smtp_port)
    try:
        config = uvicorn.Config(
            create_app(host, port, speed, mailbox), host=host, port=port, log_config=None, ws="websockets-sansio"
        )
        telling = asyncio.create_task(_tell_the_time())
        await uvicorn.Server(config).serve()
        telling.cancel()
    finally:
        smtp.close()
