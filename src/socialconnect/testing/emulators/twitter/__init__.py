"""A stand-in for the X API (Twitter)."""

from socialconnect.testing.emulators.twitter.emulator import TwitterEmulator
from socialconnect.testing.emulators.twitter.state import Grant, TwitterSettings

__all__ = ["Grant", "TwitterEmulator", "TwitterSettings"]
