"""drafts of projects

Revision ID: 0007
Revises: 0006
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is there already has always been seen by everybody."""
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("published_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("edits", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_check_constraint(op.f("ck_project_edits"), "edits >= 0")
    project = sa.table("project", sa.column("published_at", sa.DateTime()))
    op.execute(project.update().values(published_at=datetime.now(UTC).replace(tzinfo=None)))


def downgrade() -> None:
    """Without drafts everybody would see them: they become withdrawn projects."""
    op.execute("UPDATE project SET withdrawn_at = CURRENT_TIMESTAMP WHERE published_at IS NULL AND withdrawn_at IS NULL")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_project_edits"), type_="check")
        batch_op.drop_column("edits")
        batch_op.drop_column("published_at")
