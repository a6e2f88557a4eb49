"""Recorded silence of the right length, in the two forms the vendor gives sound out in."""

import io
import wave

RATE = 8000
MP3_RATE, MP3_SAMPLES, MP3_BYTES = 16_000, 576, 36


def silent_wav(seconds: int, channels: int) -> bytes:
    """`seconds` of silence at telephone quality, 16 bits a sample."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(2 * channels * RATE * seconds))
    return buffer.getvalue()


def silent_mp3(seconds: int, channels: int) -> bytes:
    """The same as MPEG-2 layer III, 16 kHz at 8 kbit/s: frames whose side information says that nothing sounds."""
    mode = 0x00 if channels == 2 else 0xC0
    frame = bytes((0xFF, 0xF3, 0x18, mode)).ljust(MP3_BYTES, b"\0")
    return frame * -(-seconds * MP3_RATE // MP3_SAMPLES)
