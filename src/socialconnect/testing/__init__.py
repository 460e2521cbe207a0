"""
The testing kit: what the users' own test suites import.

`FakeNetwork` and `AsyncFakeNetwork` are networks in memory. The emulators in `socialconnect.testing.emulators` stand in
for the real HTTP APIs. `TestClock` is a clock that tests move.
"""
