"""How Alembic reaches the database: over the connection that `corpus.database` hands it."""

from alembic import context

from corpus.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite alters a table by copying it, so later migrations need this.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
