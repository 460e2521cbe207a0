"""The Instagram emulator."""

from socialconnect.testing.emulators.instagram.containers import Limits
from socialconnect.testing.emulators.instagram.emulator import InstagramEmulator
from socialconnect.testing.emulators.instagram.state import Container, Media, MediaPerformance

__all__ = ["Container", "InstagramEmulator", "Limits", "Media", "MediaPerformance"]
