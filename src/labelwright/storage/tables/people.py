"""People: accounts and the ways in."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from labelwright.storage.tables.base import metadata

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    #: The name of an account of ours; of the platform's people `storage/shadows.py` says what stands here.
    Column("unique_name", Text, nullable=False, unique=True),
    Column("username_folded", Text, nullable=False, unique=True),
    #: The name people see: one of ours may be one of the platform's too.
    Column("username", Text, nullable=False, index=True),
    Column("email", Text, nullable=False, default=""),
    Column("first_name", Text, nullable=False, default=""),
    Column("last_name", Text, nullable=False, default=""),
    Column("password_hash", Text, nullable=False),
    Column("roles", Text, nullable=False, default="[]"),
    Column("is_staff", Boolean, nullable=False, default=False),
    Column("is_superuser", Boolean, nullable=False, default=False),
    Column("is_active", Boolean, nullable=False, default=True),
    Column("date_joined", Text, nullable=False),
    Column("last_login", Text),
    #: The number the platform knows the person by; null for our own accounts, and for names nobody has come with yet.
    Column("platform_uid", Integer, unique=True, index=True),
    sqlite_autoincrement=True,
)

#: One token a user; `digest` finds it, `nonce` and the server's secret make it again.
tokens = Table(
    "tokens",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("nonce", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_utc", Text, nullable=False),
)

#: One-time sign-in addresses. A used one stays until it expires, so that it can say it was used.
sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("expires_utc", Text, nullable=False),
    Column("used_utc", Text),
)

#: What is counted against guessing: sign-ins that failed, links that were asked for.
attempts = Table(
    "attempts",
    metadata,
    Column("key", Text, nullable=False, index=True),
    Column("at_utc", Text, nullable=False, index=True),
)
