"""the first schema

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("theme_en", sa.String(length=200), nullable=False),
        sa.Column("theme_zh", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("main_conference_date", sa.Date(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("clock_at", sa.DateTime(), nullable=True),
        sa.Column("grid_minutes", sa.Integer(), nullable=False),
        sa.Column("answer_deadline_hours", sa.Integer(), nullable=False),
        sa.Column("must_meet_limit", sa.Integer(), nullable=False),
        sa.Column("default_min_meetings", sa.Integer(), nullable=False),
        sa.Column("default_max_meetings", sa.Integer(), nullable=False),
        sa.Column("default_max_per_day", sa.Integer(), nullable=False),
        sa.Column("publishes_at_once", sa.Boolean(), nullable=False),
        sa.Column("interpreters_paired_with", sa.String(length=8), nullable=False),
        sa.Column("penalties", sa.JSON(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("illustrative", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.CheckConstraint("answer_deadline_hours BETWEEN 1 AND 240", name=op.f("ck_edition_answer_deadline_hours")),
        sa.CheckConstraint("default_min_meetings <= default_max_meetings", name=op.f("ck_edition_default_meetings")),
        sa.CheckConstraint("grid_minutes BETWEEN 10 AND 240", name=op.f("ck_edition_grid_minutes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("code", name=op.f("uq_edition_code")),
    )
    op.create_table(
        "chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("special_session", sa.String(length=20), nullable=True),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name=op.f("ck_chain_level")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_chain_edition_id_edition")),
        sa.ForeignKeyConstraint(["parent_id"], ["chain.id"], name=op.f("fk_chain_parent_id_chain")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_chain_edition_id_code")),
    )
    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("gb_code", sa.String(length=6), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("industries_en", sa.JSON(), nullable=False),
        sa.Column("industries_zh", sa.JSON(), nullable=False),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_district_edition_id_edition")),
        sa.ForeignKeyConstraint(["parent_id"], ["district.id"], name=op.f("fk_district_parent_id_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_district_edition_id_code")),
    )
    op.create_table(
        "edition_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("has_meetings", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("working OR NOT has_meetings", name=op.f("ck_edition_day_meetings_on_working_days")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_day_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_day")),
        sa.UniqueConstraint("edition_id", "day", name=op.f("uq_edition_day_edition_id_day")),
    )
    op.create_table(
        "interpreter_pool",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_interpreter_pool_capacity")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_interpreter_pool_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_pool")),
        sa.UniqueConstraint("edition_id", "language", name=op.f("uq_interpreter_pool_edition_id_language")),
    )
    op.create_table(
        "investor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("size_min", sa.Integer(), nullable=True),
        sa.Column("size_max", sa.Integer(), nullable=True),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("shares_contact", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("wechat", sa.String(length=60), nullable=False),
        sa.Column("min_meetings", sa.Integer(), nullable=False),
        sa.Column("max_meetings", sa.Integer(), nullable=False),
        sa.Column("max_per_day", sa.Integer(), nullable=False),
        sa.Column(
            "vetting",
            sa.Enum(
                "applied",
                "approved",
                "waitlisted",
                "refused",
                name="vetting",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("applied_at", sa.DateTime(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(size_min IS NULL) = (size_max IS NULL)", name=op.f("ck_investor_sizes_together")),
        sa.CheckConstraint(
            "0 <= min_meetings AND min_meetings <= max_meetings AND 1 <= max_per_day", name=op.f("ck_investor_limits")
        ),
        sa.CheckConstraint("size_min IS NULL OR (0 <= size_min AND size_min <= size_max)", name=op.f("ck_investor_sizes")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_investor_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investor")),
    )
    with op.batch_alter_table("investor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_investor_edition_id_vetting"), ["edition_id", "vetting"], unique=False)

    op.create_table(
        "partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("since_year", sa.Integer(), nullable=True),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_partner_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_partner_edition_id_code")),
    )
    op.create_table(
        "policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_policy_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_policy_edition_id_code")),
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "half",
            sa.Enum("morning", "afternoon", name="half", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_slot_time_order")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_slot_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("edition_id", "position", name=op.f("uq_slot_edition_id_position")),
        sa.UniqueConstraint("edition_id", "starts_at", name=op.f("uq_slot_edition_id_starts_at")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "role",
            sa.Enum("investor", "host", "organiser", "night", name="role", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=True),
        sa.Column("investor_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("calendar_token", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(role = 'host') = (district_id IS NOT NULL)", name=op.f("ck_account_host")),
        sa.CheckConstraint("(role = 'investor') = (investor_id IS NOT NULL)", name=op.f("ck_account_investor")),
        sa.CheckConstraint("role <> 'night'", name=op.f("ck_account_people_only")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_account_district_id_district")),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_account_investor_id_investor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("calendar_token", name=op.f("uq_account_calendar_token")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_fs_uniquifier")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_investor_id"), ["investor_id"], unique=False)

    op.create_table(
        "availability",
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_availability_investor_id_investor")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_availability_slot_id_slot")),
        sa.PrimaryKeyConstraint("investor_id", "slot_id", name=op.f("pk_availability")),
    )
    op.create_table(
        "chain_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("plan_en", sa.Text(), nullable=False),
        sa.Column("plan_zh", sa.Text(), nullable=False),
        sa.Column("policy_en", sa.Text(), nullable=False),
        sa.Column("policy_zh", sa.Text(), nullable=False),
        sa.Column("fund_en", sa.Text(), nullable=False),
        sa.Column("fund_zh", sa.Text(), nullable=False),
        sa.Column("leaders_en", sa.JSON(), nullable=False),
        sa.Column("leaders_zh", sa.JSON(), nullable=False),
        sa.Column("parks_en", sa.JSON(), nullable=False),
        sa.Column("parks_zh", sa.JSON(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("basis_code", sa.String(length=20), nullable=False),
        sa.Column("source_url", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["chain_id"], ["chain.id"], name=op.f("fk_chain_release_chain_id_chain")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_release")),
        sa.UniqueConstraint("chain_id", name=op.f("uq_chain_release_chain_id")),
    )
    op.create_table(
        "delegate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_delegate_investor_id_investor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegate")),
    )
    with op.batch_alter_table("delegate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegate_investor_id"), ["investor_id"], unique=False)

    op.create_table(
        "host_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("must_meet", "would_like", "no_thanks", name="level", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("stated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_host_mark_district_id_district")),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_host_mark_investor_id_investor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_mark")),
        sa.UniqueConstraint("district_id", "investor_id", name=op.f("uq_host_mark_district_id_investor_id")),
    )
    with op.batch_alter_table("host_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_host_mark_investor_id"), ["investor_id"], unique=False)

    op.create_table(
        "investor_chain",
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["chain_id"], ["chain.id"], name=op.f("fk_investor_chain_chain_id_chain")),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_investor_chain_investor_id_investor")),
        sa.PrimaryKeyConstraint("investor_id", "chain_id", name=op.f("pk_investor_chain")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("park_en", sa.String(length=200), nullable=False),
        sa.Column("park_zh", sa.String(length=200), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("size_min", sa.Integer(), nullable=False),
        sa.Column("size_max", sa.Integer(), nullable=False),
        sa.Column("size_basis", sa.String(length=60), nullable=False),
        sa.Column("opportunity_basis", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("0 <= size_min AND size_min <= size_max", name=op.f("ck_project_sizes")),
        sa.CheckConstraint("leads BETWEEN 1 AND 50", name=op.f("ck_project_leads")),
        sa.ForeignKeyConstraint(["chain_id"], ["chain.id"], name=op.f("fk_project_chain_id_chain")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_project_district_id_district")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_project_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_project_edition_id_code")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_chain_id"), ["chain_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_district_id"), ["district_id"], unique=False)

    op.create_table(
        "venue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("tables", sa.Integer(), nullable=False),
        sa.CheckConstraint("tables >= 0", name=op.f("ck_venue_tables")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_venue_district_id_district")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_venue_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("district_id", name=op.f("uq_venue_district_id")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_venue_edition_id_code")),
    )
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("place_en", sa.String(length=200), nullable=False),
        sa.Column("place_zh", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("in_window", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("basis_code", sa.String(length=20), nullable=False),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_activity_capacity")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_activity_time_order")),
        sa.ForeignKeyConstraint(["chain_id"], ["chain.id"], name=op.f("fk_activity_chain_id_chain")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_activity_district_id_district")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_activity_edition_id_edition")),
        sa.ForeignKeyConstraint(["parent_id"], ["activity.id"], name=op.f("fk_activity_parent_id_activity")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_activity_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_activity_edition_id_code")),
    )
    op.create_table(
        "interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column(
            "target",
            sa.Enum("project", "chain", "district", name="target", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("chain_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column(
            "level",
            sa.Enum("must_meet", "would_like", "no_thanks", name="level", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("stated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(target = 'chain') = (chain_id IS NOT NULL)", name=op.f("ck_interest_chain")),
        sa.CheckConstraint("(target = 'district') = (district_id IS NOT NULL)", name=op.f("ck_interest_district")),
        sa.CheckConstraint("(target = 'project') = (project_id IS NOT NULL)", name=op.f("ck_interest_project")),
        sa.ForeignKeyConstraint(["chain_id"], ["chain.id"], name=op.f("fk_interest_chain_id_chain")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_interest_district_id_district")),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_interest_investor_id_investor")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_interest_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("investor_id", "chain_id", name=op.f("uq_interest_investor_id_chain_id")),
        sa.UniqueConstraint("investor_id", "district_id", name=op.f("uq_interest_investor_id_district_id")),
        sa.UniqueConstraint("investor_id", "project_id", name=op.f("uq_interest_investor_id_project_id")),
    )
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interest_chain_id"), ["chain_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interest_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interest_project_id"), ["project_id"], unique=False)

    op.create_table(
        "lead_absence",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_lead_absence_project_id_project")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_lead_absence_slot_id_slot")),
        sa.PrimaryKeyConstraint("project_id", "slot_id", name=op.f("pk_lead_absence")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("not_before", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("message_id", name=op.f("uq_notice_message_id")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_sent_at_id"), ["sent_at", "id"], unique=False)

    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "investor",
                "lead",
                "table",
                "interpreter",
                name="resourcekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("pool_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'interpreter') = (pool_id IS NOT NULL)", name=op.f("ck_resource_interpreter")),
        sa.CheckConstraint("(kind = 'investor') = (investor_id IS NOT NULL)", name=op.f("ck_resource_investor")),
        sa.CheckConstraint("(kind = 'lead') = (project_id IS NOT NULL)", name=op.f("ck_resource_lead")),
        sa.CheckConstraint("(kind = 'table') = (venue_id IS NOT NULL)", name=op.f("ck_resource_table")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_resource_number")),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_resource_investor_id_investor")),
        sa.ForeignKeyConstraint(["pool_id"], ["interpreter_pool.id"], name=op.f("fk_resource_pool_id_interpreter_pool")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_resource_project_id_project")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_resource_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("investor_id", "number", name=op.f("uq_resource_investor_id_number")),
        sa.UniqueConstraint("pool_id", "number", name=op.f("uq_resource_pool_id_number")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_resource_project_id_number")),
        sa.UniqueConstraint("venue_id", "number", name=op.f("uq_resource_venue_id_number")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "draft",
                "published",
                "kept",
                "refused",
                "interrupted",
                "discarded",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("took_seconds", sa.Double(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=True),
        sa.Column("settled_hash", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.LargeBinary(), nullable=True),
        sa.Column("schedule", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("bound", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(length=60), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_run_decided_by_id_account")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_run_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_edition_id_state"), ["edition_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_input_hash"), ["input_hash"], unique=False)

    op.create_table(
        "setting_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("setting", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_setting_change_account_id_account")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_setting_change_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_change")),
    )
    with op.batch_alter_table("setting_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_setting_change_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "similarity",
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.CheckConstraint("points BETWEEN 1 AND 20", name=op.f("ck_similarity_points")),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_similarity_investor_id_investor")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_similarity_project_id_project")),
        sa.PrimaryKeyConstraint("investor_id", "project_id", name=op.f("pk_similarity")),
    )
    op.create_table(
        "travel_time",
        sa.Column("origin_id", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=60), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_travel_time_minutes")),
        sa.ForeignKeyConstraint(["destination_id"], ["venue.id"], name=op.f("fk_travel_time_destination_id_venue")),
        sa.ForeignKeyConstraint(["origin_id"], ["venue.id"], name=op.f("fk_travel_time_origin_id_venue")),
        sa.PrimaryKeyConstraint("origin_id", "destination_id", name=op.f("pk_travel_time")),
    )
    op.create_table(
        "vetting_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column(
            "vetting",
            sa.Enum(
                "applied",
                "approved",
                "waitlisted",
                "refused",
                name="vetting",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_vetting_decision_decided_by_id_account")),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_vetting_decision_investor_id_investor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vetting_decision")),
    )
    with op.batch_alter_table("vetting_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vetting_decision_investor_id"), ["investor_id"], unique=False)

    op.create_table(
        "activity_signup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("signed_up_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_activity_signup_activity_id_activity")),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_activity_signup_investor_id_investor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_signup")),
        sa.UniqueConstraint("investor_id", "activity_id", name=op.f("uq_activity_signup_investor_id_activity_id")),
    )
    with op.batch_alter_table("activity_signup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_signup_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=80), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("offered_slot_id", sa.Integer(), nullable=True),
        sa.Column("pool_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "countered",
                "accepted",
                "declined",
                "withdrawn",
                "lapsed",
                "superseded",
                "cancelled",
                "held",
                "missed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("suggested", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(), nullable=False),
        sa.Column("investor_agreed_at", sa.DateTime(), nullable=True),
        sa.Column("host_agreed_at", sa.DateTime(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(status = 'countered') = (offered_slot_id IS NOT NULL)", name=op.f("ck_meeting_offer")),
        sa.CheckConstraint(
            "status <> 'accepted' OR (investor_agreed_at IS NOT NULL AND host_agreed_at IS NOT NULL)",
            name=op.f("ck_meeting_both_agreed"),
        ),
        sa.CheckConstraint("length BETWEEN 1 AND 16", name=op.f("ck_meeting_length")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_meeting_edition_id_edition")),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_meeting_investor_id_investor")),
        sa.ForeignKeyConstraint(["offered_slot_id"], ["slot.id"], name=op.f("fk_meeting_offered_slot_id_slot")),
        sa.ForeignKeyConstraint(["pool_id"], ["interpreter_pool.id"], name=op.f("fk_meeting_pool_id_interpreter_pool")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_meeting_project_id_project")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_meeting_run_id_run")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_meeting_slot_id_slot")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_meeting_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_uid")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_edition_id_status"), ["edition_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "uq_meeting_live_pair",
            ["investor_id", "project_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('accepted', 'countered', 'proposed')"),
            postgresql_where=sa.text("status IN ('accepted', 'countered', 'proposed')"),
        )

    op.create_table(
        "unmet_interest",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_unmet_interest_reason")),
        sa.ForeignKeyConstraint(
            ["interest_id"], ["interest.id"], name=op.f("fk_unmet_interest_interest_id_interest"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["investor_id"], ["investor.id"], name=op.f("fk_unmet_interest_investor_id_investor")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_unmet_interest_project_id_project")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_unmet_interest_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "interest_id", name=op.f("pk_unmet_interest")),
    )
    with op.batch_alter_table("unmet_interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unmet_interest_investor_id"), ["investor_id"], unique=False)

    op.create_table(
        "meeting_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "propose",
                "accept",
                "agree",
                "decline",
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
                name="action",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "role",
            sa.Enum("investor", "host", "organiser", "night", name="role", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column(
            "from_status",
            sa.Enum(
                "proposed",
                "countered",
                "accepted",
                "declined",
                "withdrawn",
                "lapsed",
                "superseded",
                "cancelled",
                "held",
                "missed",
                name="from_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
                "proposed",
                "countered",
                "accepted",
                "declined",
                "withdrawn",
                "lapsed",
                "superseded",
                "cancelled",
                "held",
                "missed",
                name="to_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_slot_id", sa.Integer(), nullable=True),
        sa.Column("to_slot_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_meeting_change_account_id_account")),
        sa.ForeignKeyConstraint(["from_slot_id"], ["slot.id"], name=op.f("fk_meeting_change_from_slot_id_slot")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_change_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_meeting_change_run_id_run")),
        sa.ForeignKeyConstraint(["to_slot_id"], ["slot.id"], name=op.f("fk_meeting_change_to_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_change")),
    )
    with op.batch_alter_table("meeting_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_change_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "occupancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_occupancy_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_occupancy_resource_id_resource")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_occupancy_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy")),
        sa.UniqueConstraint("resource_id", "slot_id", name="uq_occupancy_resource_slot"),
    )
    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_occupancy_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "run_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "new", "unchanged", "moved", "left_out", name="changekind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_run_change_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_change_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_change")),
    )
    with op.batch_alter_table("run_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_change_run_id"), ["run_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("run_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_change_run_id"))

    op.drop_table("run_change")
    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_occupancy_meeting_id"))

    op.drop_table("occupancy")
    with op.batch_alter_table("meeting_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_change_meeting_id"))

    op.drop_table("meeting_change")
    with op.batch_alter_table("unmet_interest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unmet_interest_investor_id"))

    op.drop_table("unmet_interest")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_meeting_live_pair",
            sqlite_where=sa.text("status IN ('accepted', 'countered', 'proposed')"),
            postgresql_where=sa.text("status IN ('accepted', 'countered', 'proposed')"),
        )
        batch_op.drop_index(batch_op.f("ix_meeting_project_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_edition_id_status"))

    op.drop_table("meeting")
    with op.batch_alter_table("activity_signup", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_signup_activity_id"))

    op.drop_table("activity_signup")
    with op.batch_alter_table("vetting_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vetting_decision_investor_id"))

    op.drop_table("vetting_decision")
    op.drop_table("travel_time")
    op.drop_table("similarity")
    with op.batch_alter_table("setting_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_setting_change_edition_id"))

    op.drop_table("setting_change")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_input_hash"))
        batch_op.drop_index(batch_op.f("ix_run_edition_id_state"))

    op.drop_table("run")
    op.drop_table("resource")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_sent_at_id"))
        batch_op.drop_index(batch_op.f("ix_notice_account_id"))

    op.drop_table("notice")
    op.drop_table("lead_absence")
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interest_project_id"))
        batch_op.drop_index(batch_op.f("ix_interest_district_id"))
        batch_op.drop_index(batch_op.f("ix_interest_chain_id"))

    op.drop_table("interest")
    op.drop_table("activity")
    op.drop_table("venue")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_district_id"))
        batch_op.drop_index(batch_op.f("ix_project_chain_id"))

    op.drop_table("project")
    op.drop_table("investor_chain")
    with op.batch_alter_table("host_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_host_mark_investor_id"))

    op.drop_table("host_mark")
    with op.batch_alter_table("delegate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegate_investor_id"))

    op.drop_table("delegate")
    op.drop_table("chain_release")
    op.drop_table("availability")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_investor_id"))
        batch_op.drop_index(batch_op.f("ix_account_district_id"))

    op.drop_table("account")
    op.drop_table("slot")
    op.drop_table("policy")
    op.drop_table("partner")
    with op.batch_alter_table("investor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_investor_edition_id_vetting"))

    op.drop_table("investor")
    op.drop_table("interpreter_pool")
    op.drop_table("edition_day")
    op.drop_table("district")
    op.drop_table("chain")
    op.drop_table("edition")
