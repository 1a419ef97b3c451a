"""the ladder and the floor

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gap_asked", sa.Integer(), server_default="15", nullable=False))
        batch_op.add_column(sa.Column("floor_first", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_check_constraint(op.f("ck_edition_gap_asked"), "gap_asked BETWEEN 0 AND 1000")

    with op.batch_alter_table("run", schema=None) as batch_op:
        rungs = sa.Enum(
            "proven", "feasible", "repaired", "kept", name="rung", native_enum=False, create_constraint=False, length=40
        )
        batch_op.add_column(sa.Column("rung", rungs, nullable=True))
        batch_op.create_check_constraint(op.f("ck_run_rung"), "rung IN ('proven', 'feasible', 'repaired', 'kept')")
        for name in ("value", "bound"):
            batch_op.alter_column(name, existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_run_rung"), type_="check")
        batch_op.drop_column("rung")
        for name in ("value", "bound"):
            batch_op.alter_column(name, existing_type=sa.BigInteger(), type_=sa.Integer(), existing_nullable=True)

    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_edition_gap_asked"), type_="check")
        batch_op.drop_column("floor_first")
        batch_op.drop_column("gap_asked")
