"""sequences of what calendars show

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody knows what changed before: everything begins at what calendars were told so far."""
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sequence", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_activity_sequence"), "sequence >= 0")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place_changes", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("place_changed_at", sa.DateTime(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_meeting_place_changes"), "place_changes >= 0")


def downgrade() -> None:
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_meeting_place_changes"), type_="check")
        batch_op.drop_column("place_changed_at")
        batch_op.drop_column("place_changes")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_activity_sequence"), type_="check")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("sequence")
