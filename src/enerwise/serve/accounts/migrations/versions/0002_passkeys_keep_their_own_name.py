"""Passkeys keep the name that their authenticator gave them."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("passkeys", sa.Column("credential_id", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Go back."""
    op.drop_column("passkeys", "credential_id")
