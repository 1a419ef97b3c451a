"""roles of delegates

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who was named so far was meant to come."""
    role = sa.Enum("required", "optional", name="delegaterole", native_enum=False, create_constraint=True, length=40)
    with op.batch_alter_table("delegate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", role, server_default="required", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("delegate", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_delegate_delegaterole"), type_="check")
        batch_op.drop_column("role")
