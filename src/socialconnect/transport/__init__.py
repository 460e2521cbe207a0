"""The only room with the wire in it."""
