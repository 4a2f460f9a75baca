"""What an outside provider signed brings in once."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "outside_used",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_outside_used")),
    )
    op.create_index(op.f("ix_outside_used_ends_at"), "outside_used", ["ends_at"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_outside_used_ends_at"), table_name="outside_used")
    op.drop_table("outside_used")
