"""colleagues who join

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joining",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("joined_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(account_id IS NULL) = (joined_at IS NULL)", name=op.f("ck_joining_joined")),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_joining_investor_id_investor")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_joining_asked_by_id_account")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_joining_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining")),
        sa.UniqueConstraint("investor_id", "email", name=op.f("uq_joining_investor_id_email")),
        sa.UniqueConstraint("account_id", name=op.f("uq_joining_account_id")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.alter_column("account_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("joining_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_notice_joining_id_joining"), "joining", ["joining_id"], ["id"])
        batch_op.create_check_constraint(op.f("ck_notice_one_reader"), "(account_id IS NULL) <> (joining_id IS NULL)")
        batch_op.create_index(batch_op.f("ix_notice_joining_id"), ["joining_id"], unique=False)


def downgrade() -> None:
    """Who was asked to join and has no account is forgotten, with what was written to it."""
    op.execute("DELETE FROM notice WHERE joining_id IS NOT NULL")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_joining_id"))
        batch_op.drop_constraint(op.f("ck_notice_one_reader"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_notice_joining_id_joining"), type_="foreignkey")
        batch_op.drop_column("joining_id")
        batch_op.alter_column("account_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("joining")
