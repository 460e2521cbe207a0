"""The archive of an outbox, a folder that explains itself: `manifest.py` first."""
