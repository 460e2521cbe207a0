"""A stand-in for the X API (Twitter)."""

from socialconnect.testing.emulators.twitter.emulator import TwitterEmulator
from socialconnect.testing.emulators.twitter.error_rows import ERROR_ROWS
from socialconnect.testing.emulators.twitter.settings import TwitterSettings
from socialconnect.testing.emulators.twitter.state import Grant

__all__ = ["ERROR_ROWS", "Grant", "TwitterEmulator", "TwitterSettings"]
