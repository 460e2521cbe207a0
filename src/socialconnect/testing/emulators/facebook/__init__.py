"""The Facebook emulator."""

from socialconnect.testing.emulators.facebook.emulator import FacebookEmulator
from socialconnect.testing.emulators.facebook.state import FacebookPost, Performance, Photo

__all__ = ["FacebookEmulator", "FacebookPost", "Performance", "Photo"]
