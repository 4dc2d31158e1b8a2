"""What Alembic runs: the revisions, within the transaction of the connection that it is given."""

from __future__ import annotations

from alembic import context

from cryptostamp.ledger.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
