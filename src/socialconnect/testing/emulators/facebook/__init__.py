"""The Facebook emulator."""

from socialconnect.testing.emulators.facebook.emulator import FacebookEmulator
from socialconnect.testing.emulators.facebook.nodes import Comment, FacebookPost, Performance, Photo, Story, Video
from socialconnect.testing.emulators.facebook.settings import FacebookSettings

__all__ = ["Comment", "FacebookEmulator", "FacebookPost", "FacebookSettings", "Performance", "Photo", "Story", "Video"]
