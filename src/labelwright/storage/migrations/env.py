"""What Alembic runs: every migration on the connection `migrate` handed over, in its transaction."""

from alembic import context

from labelwright.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
