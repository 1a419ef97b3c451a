"""asking for another time

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = ("propose", "accept", "agree", "decline")
AFTER = (
    "offer",
    "take",
    "keep",
    "withdraw",
    "lapse",
    "leave_out",
    "move",
    "cancel",
    "record_held",
    "record_missed",
    "reopen",
)


def upgrade() -> None:
    allow(*BEFORE, "ask", *AFTER)


def downgrade() -> None:
    """Histories cannot be told without their steps: what was asked is forgotten."""
    op.execute("DELETE FROM meeting_change WHERE action = 'ask'")
    allow(*BEFORE, *AFTER)


def allow(*actions: str) -> None:
    words = ", ".join(f"'{each}'" for each in actions)
    with op.batch_alter_table("meeting_change", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_meeting_change_action"), type_="check")
        batch_op.create_check_constraint(op.f("ck_meeting_change_action"), f"action IN ({words})")
