"""The store in PostgreSQL, with procrastinate's jobs, for many machines (the extra `postgres`): `store.py` first."""
