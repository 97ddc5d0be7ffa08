"""Alembic migrations, one file a change, in order of their numbers."""
