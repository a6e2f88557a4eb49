"""Recorded silence: a WAV file of the right length."""

import io
import wave

RATE = 8000


def silence(seconds: int, *, channels: int) -> bytes:
    """`seconds` of silence at telephone quality, 16 bits a sample."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(2 * channels * RATE * seconds))
    return buffer.getvalue()
