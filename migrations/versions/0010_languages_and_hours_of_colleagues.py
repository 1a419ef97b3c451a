"""languages and hours of colleagues

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What nobody has said so far is not guessed."""
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("spoken", sa.JSON(), server_default="[]", nullable=False))
        batch_op.create_check_constraint(op.f("ck_account_spoken"), "role = 'host' OR json_array_length(spoken) = 0")
    op.create_table(
        "colleague_absence",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_colleague_absence_account_id_account")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_colleague_absence_slot_id_slot")),
        sa.PrimaryKeyConstraint("account_id", "slot_id", name=op.f("pk_colleague_absence")),
    )


def downgrade() -> None:
    op.drop_table("colleague_absence")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_account_spoken"), type_="check")
        batch_op.drop_column("spoken")
