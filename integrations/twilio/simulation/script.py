"""The TwiML interpreter: fetches instructions and carries them out, verb by verb."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.dialing import dial
from integrations.twilio.simulation.errors import ScriptFailed
from integrations.twilio.simulation.gather import gather
from integrations.twilio.simulation.line import HungUp, Source
from integrations.twilio.simulation.paying import pay
from integrations.twilio.simulation.recorder import EVENTS
from integrations.twilio.simulation.recording_verb import record
from integrations.twilio.simulation.relay import RelaySession, SessionResult
from integrations.twilio.simulation.relay_settings import read_settings
from integrations.twilio.simulation.speech import MEDIA_SECONDS, seconds_of
from integrations.twilio.simulation.streams import StreamSession
from integrations.twilio.simulation.twiml import SAY_LIMIT, Document, read_document, text_of, whole_number
from integrations.twilio.simulation.webhooks import Form, WebhookFailed
from integrations.twilio.simulation.world import World

if TYPE_CHECKING:
    from integrations.twilio.simulation.engine import CallEngine

Verb = Callable[[Call, ElementTree.Element, Document], Awaitable[Document | None]]
MAX_DOCUMENTS = 50


class ScriptPlayer:
    """Plays TwiML on calls. `play` returns when the instructions are used up and the call may be hung up."""

    def __init__(self, world: World, engine: "CallEngine") -> None:
        self.world = world
        self.engine = engine
        self._turns = 0
        self._verbs: dict[str, Verb] = {
            "Say": self._say,
            "Play": self._play_media,
            "Pause": self._pause,
            "Gather": self._gather,
            "Dial": self._dial,
            "Redirect": self._redirect,
            "Reject": self._reject,
            "Hangup": self._hangup,
            "Connect": self._connect,
            "Start": self._start,
            "Stop": self._stop,
            "Record": self._record,
            "Pay": self._pay,
        }

    async def play(self, call: Call, source: Source) -> None:
        document: Document | None = await self._first(call, source)
        for _ in range(MAX_DOCUMENTS):
            if document is None:
                return
            document = await self._perform(call, document)
        raise ScriptFailed(12400, f"more than {MAX_DOCUMENTS} documents in one call: it runs in a circle")

    async def _first(self, call: Call, source: Source) -> Document:
        if source.url:
            document = await self.fetch(call, source, [])
        else:
            document = self._warned(call, read_document(source.twiml, base_url=""))
        if call.order.record and document.root.find(".//ConversationRelay") is None:
            self._record_whole_call(call)
        return document

    async def fetch(self, call: Call, source: Source, fields: Form) -> Document:
        """Ask the application; the fallback URL is asked when that fails or cannot be read."""
        try:
            return await self._fetch_once(call, source, fields, "twiml")
        except ScriptFailed as failure:
            fallback = call.order.fallback
            if fallback is None or source.url == fallback.url:
                raise
            self.world.debug(
                failure.code, failure.message, account_sid=call.account_sid, call_sid=call.sid, url=source.url
            )
            extra = [("ErrorCode", str(failure.code)), ("ErrorUrl", source.url.split("#", 1)[0])]
            return await self._fetch_once(call, fallback, [*fields, *extra], "twiml fallback")

    async def _fetch_once(self, call: Call, source: Source, fields: Form, purpose: str) -> Document:
        params = [*call.parameters(), *fields]
        if call.answered_by is not None and not call.order.async_amd:
            params.append(("AnsweredBy", call.answered_by))
        account = self.world.accounts[call.account_sid]
        delivery = self.world.webhooks.record(
            purpose, source.url, params, method=source.method, token=self.world.token(), call_sid=call.sid
        )
        try:
            reply = await call.line.race(self.world.webhooks.ask(account, delivery, params))
        except WebhookFailed as failure:
            raise ScriptFailed(failure.code, str(failure), source.url) from failure
        return self._warned(call, read_document(reply.body, base_url=reply.url, content_type=reply.content_type))

    async def _perform(self, call: Call, document: Document) -> Document | None:
        """The verbs of one document, in order; the document that takes over, or None at its end."""
        for element in document.root:
            if call.status == "ringing" and element.tag != "Reject":
                self.engine.answer(call)
            following = await self._verbs[element.tag](call, element, document)
            if following is not None:
                return following
        return None

    def _warned(self, call: Call, document: Document) -> Document:
        for warning in document.warnings:
            self.warn(call, 12200, f"Schema validation warning: {warning}", document.base_url)
        return document

    def warn(self, call: Call, code: int, message: str, url: str = "") -> None:
        self.world.debug(code, message, account_sid=call.account_sid, call_sid=call.sid, url=url, level="WARNING")

    # -- sound --------------------------------------------------------------------------------

    async def speak(self, call: Call, text: str, *, channel: str = "say") -> None:
        """Say a text to its end, or as far as the line allows."""
        self._turns += 1
        turn, air = self._turns, call.conversation
        air.agent_starts()
        words = text.split()
        said = 0
        try:
            for word in words:
                seconds = seconds_of(word + " ")
                await call.line.hold(seconds)
                said += 1
                air.agent_plays(word + " ", channel=channel, turn=turn, seconds=seconds)
        finally:
            if said < len(words):
                air.agent_is_cut(" ".join(words[said:]), channel=channel, turn=turn)
            air.agent_stops(finished=True)

    async def _say(self, call: Call, element: ElementTree.Element, document: Document) -> None:
        text = text_of(element)
        if len(text) > SAY_LIMIT:
            self.warn(call, 13520, f"Say: text is longer than {SAY_LIMIT} characters", document.base_url)
            return
        for _ in range(max(1, whole_number(element, "loop", 1))):
            await self.speak(call, text)

    async def _play_media(self, call: Call, element: ElementTree.Element, document: Document) -> None:
        source = text_of(element)
        if source:
            call.conversation.note(f"(plays {document.address(source)})")
        await call.line.hold(MEDIA_SECONDS * max(1, whole_number(element, "loop", 1)))

    async def _pause(self, call: Call, element: ElementTree.Element, document: Document) -> None:
        await call.line.hold(float(whole_number(element, "length", 1)))

    # -- going elsewhere ----------------------------------------------------------------------

    async def follow(self, call: Call, element: ElementTree.Element, document: Document, fields: Form) -> Document:
        """Post the verb's result to its `action`."""
        address = document.address(element.get("action") or document.base_url)
        return await self.fetch(call, Source(url=address, method=element.get("method", "POST")), fields)

    async def _redirect(self, call: Call, element: ElementTree.Element, document: Document) -> Document:
        address = document.address(text_of(element))
        return await self.fetch(call, Source(url=address, method=element.get("method", "POST")), [])

    async def _reject(self, call: Call, element: ElementTree.Element, document: Document) -> None:
        if call.status == "ringing":
            status = "busy" if element.get("reason") == "busy" else "no-answer"
            self.engine.hang_up(call, "script", status=status, sip_code=486 if status == "busy" else 603)
        else:
            self.engine.hang_up(call, "script")
        raise HungUp

    async def _hangup(self, call: Call, element: ElementTree.Element, document: Document) -> None:
        self.engine.hang_up(call, "script")
        raise HungUp

    async def _gather(self, call: Call, element: ElementTree.Element, document: Document) -> Document | None:
        return await gather(self, call, element, document)

    async def _dial(self, call: Call, element: ElementTree.Element, document: Document) -> Document | None:
        return await dial(self, call, element, document)

    async def _record(self, call: Call, element: ElementTree.Element, document: Document) -> Document | None:
        return await record(self, call, element, document)

    async def _pay(self, call: Call, element: ElementTree.Element, document: Document) -> Document | None:
        return await pay(self, call, element, document)

    # -- recording and relay ------------------------------------------------------------------

    async def _start(self, call: Call, element: ElementTree.Element, document: Document) -> None:
        for noun in element:
            callback = noun.get("recordingStatusCallback", "")
            events = noun.get("recordingStatusCallbackEvent", "completed").split()
            if unknown := set(events) - EVENTS:
                self.warn(call, 13621, f"Invalid 'recordingStatusCallbackEvent': {', '.join(sorted(unknown))}")
            self.engine.recorder.start(
                call,
                source="StartCallRecordingAPI",
                channels=2 if noun.get("channels", "mono") == "dual" else 1,
                callback=document.address(callback) if callback else "",
                method=noun.get("recordingStatusCallbackMethod", "POST"),
                events=tuple(event for event in events if event in EVENTS),
                trim=noun.get("trim", "trim-silence"),
                track=noun.get("track", "both"),
            )

    async def _stop(self, call: Call, element: ElementTree.Element, document: Document) -> None:
        """`<Stop><Recording/></Stop>` ends what a document started."""
        if element.find("Recording") is not None:
            self.engine.recorder.stop_all(call)

    def _record_whole_call(self, call: Call) -> None:
        order = call.order
        self.engine.recorder.start(
            call,
            source="OutboundAPI",
            channels=order.recording_channels,
            callback=order.recording_callback,
            method=order.recording_callback_method,
            events=order.recording_events,
        )

    async def _connect(self, call: Call, element: ElementTree.Element, document: Document) -> Document | None:
        noun, stream = element.find("ConversationRelay"), element.find("Stream")
        if stream is not None and noun is None:
            await StreamSession(self.world, call, stream).run()
            return await self.follow(call, element, document, []) if element.get("action") else None
        if noun is None or stream is not None:
            raise ScriptFailed(12200, "<Connect> holds one <ConversationRelay> or one <Stream>", document.base_url)
        try:
            self._check_voice(call, noun)
            settings, warnings = read_settings(noun, allow_plain_ws=self.world.allow_plain_ws)
        except ScriptFailed as failure:
            self.world.debug(failure.code, failure.message, account_sid=call.account_sid, call_sid=call.sid)
            result = SessionResult("failed", error_code=failure.code, error_message=failure.message)
            return await self._after_session(call, element, document, "", result)
        for warning in warnings:
            self.warn(call, 12200, f"Schema validation warning: {warning}", document.base_url)
        session = RelaySession(self.world, call, settings)
        result = await session.run()
        return await self._after_session(call, element, document, session.sid, result)

    def _check_voice(self, call: Call, noun: ElementTree.Element) -> None:
        """The default provider of voices is one that an account has to be entitled to."""
        provider = noun.get("ttsProvider", "ElevenLabs").lower()
        if provider == "elevenlabs" and not self.world.accounts[call.account_sid].elevenlabs:
            raise ScriptFailed(
                64101, "block_elevenlabs: this account is not entitled to ElevenLabs", noun.get("url", "")
            )

    async def _after_session(
        self, call: Call, element: ElementTree.Element, document: Document, sid: str, result: SessionResult
    ) -> Document | None:
        if element.get("action") is None:
            return None
        fields: Form = [("SessionId", sid), ("SessionStatus", result.status), ("SessionDuration", str(result.seconds))]
        if result.handoff_data is not None:
            fields.append(("HandoffData", result.handoff_data))
        if result.error_code is not None:
            fields += [("ErrorCode", str(result.error_code)), ("ErrorMessage", result.error_message)]
        if not call.line.is_down:
            return await self.follow(call, element, document, fields)
        await self.tell_after_hang_up(call, element, document, fields)
        raise HungUp

    async def tell_after_hang_up(
        self, call: Call, element: ElementTree.Element, document: Document, fields: Form
    ) -> None:
        """The call is over, the result is posted all the same; what comes back has nobody to be played to."""
        url, params = document.address(element.get("action", "")), [*call.parameters(), *fields]
        delivery = self.world.webhooks.record(
            "twiml", url, params, method=element.get("method", "POST"), token=self.world.token(), call_sid=call.sid
        )
        try:
            await self.world.webhooks.ask(self.world.accounts[call.account_sid], delivery, params)
        except WebhookFailed as failure:
            self.world.debug(failure.code, str(failure), account_sid=call.account_sid, call_sid=call.sid, url=url)
