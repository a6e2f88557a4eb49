"""Runs under the Python of the peer ``pipecat``, never under ours: its WebSocket door, a serializer for the relay's frames,
and a fixed reply to every final prompt. ``python pipecat_server.py PORT``.
"""

# mypy: ignore-errors
# What it imports is in another environment.

import json
import sys

REPLY = "Thank you, I have noted that. Is there anything else I can do for you today?"


def main(port: int) -> None:
    import uvicorn
    from fastapi import FastAPI, WebSocket
    from loguru import logger
    from pipecat.frames.frames import OutputTransportMessageUrgentFrame, TranscriptionFrame
    from pipecat.pipeline.pipeline import Pipeline
    from pipecat.pipeline.worker import PipelineWorker
    from pipecat.processors.frame_processor import FrameProcessor
    from pipecat.serializers.base_serializer import FrameSerializer
    from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
    from pipecat.workers.runner import WorkerRunner

    logger.remove()

    class Relay(FrameSerializer):
        async def serialize(self, frame):
            return json.dumps(frame.message) if isinstance(frame, OutputTransportMessageUrgentFrame) else None

        async def deserialize(self, data):
            said = json.loads(data)
            if said.get("type") == "prompt" and said.get("last"):
                return TranscriptionFrame(text=said["voicePrompt"], user_id="customer", timestamp="")
            return None

    class Answer(FrameProcessor):
        async def process_frame(self, frame, direction):
            await super().process_frame(frame, direction)
            if isinstance(frame, TranscriptionFrame):
                reply = {"type": "text", "token": REPLY, "last": True}
                await self.push_frame(OutputTransportMessageUrgentFrame(message=reply))
            else:
                await self.push_frame(frame, direction)

    app = FastAPI()

    @app.websocket("/ws")
    async def door(websocket: WebSocket) -> None:
        await websocket.accept()
        params = FastAPIWebsocketParams(audio_in_enabled=False, audio_out_enabled=False, serializer=Relay())
        transport = FastAPIWebsocketTransport(websocket=websocket, params=params)
        worker = PipelineWorker(Pipeline([transport.input(), Answer(), transport.output()]), idle_timeout_secs=None)

        @transport.event_handler("on_client_disconnected")
        async def gone(_transport, _client):
            await worker.cancel()

        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        await runner.run()

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical")


if __name__ == "__main__":
    main(int(sys.argv[1]))
