"""consents

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("matching", "contact", "abroad", name="purpose", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("stated_at", sa.DateTime(), nullable=False),
        sa.Column("stated_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_consent_investor_id_investor")),
        sa.ForeignKeyConstraint(["stated_by_id"], ["account.id"], name=op.f("fk_consent_stated_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_investor_id"), ["investor_id"], unique=False)
    op.execute(  # who shared contact data so far had agreed to it when signing up
        sa.text(
            "INSERT INTO consent (investor_id, purpose, given, stated_at) "
            "SELECT id, 'contact', shares_contact, applied_at FROM investor WHERE shares_contact"
        )
    )


def downgrade() -> None:
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_investor_id"))

    op.drop_table("consent")
