"""Run migrations on the connection that the database hands over, inside its transaction."""

from alembic import context

from enerwise.serve.accounts.tables import META


def run() -> None:
    """Bring the connection's database to the revision that was asked for."""
    context.configure(connection=context.config.attributes["connection"], target_metadata=META, transactional_ddl=False)
    context.run_migrations()


# Doctests collect this file too, outside of a migration.
if hasattr(context, "config"):
    run()
