"""Days as full as they come, with names as long as the real catalogue has them: for tests of what has to fit on paper."""

from datetime import timedelta

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.models import Account, Delegate, Edition, Project, Slot
from tests.builders import (
    get_district,
    get_pool,
    make_activity,
    make_investor,
    make_meeting,
    make_project,
    make_signup,
    save,
)

ORGANISATION = "Norddeutsche Landesgesellschaft für Beteiligungen und Innovation"
PLACES = (
    ("PD", "Pudong New Area", "浦东新区", "Zhangjiang Science City exhibition centre", "张江科学城展示中心", 31.2, 121.6),
    (
        "LG",
        "Lin-gang Special Area",
        "临港新片区",
        "Lingang Songjiang Sci-tech City (G60 corridor)",
        "临港松江科技城",
        30.9,
        121.93,
    ),
    (
        "XH",
        "Xuhui District",
        "徐汇区",
        "West Bund Model Speed Space (foundation-model innovation centre)",
        "西岸模速空间",
        31.15,
        121.45,
    ),
)
TITLES = (
    ("Innovative drug pilot-scale production base and CDMO platform", "创新药中试生产基地与CDMO平台"),
    ("Gene and cell therapy contract manufacturing base (CDMO)", "基因与细胞治疗合同生产基地（CDMO）"),
    ("Shared test laboratory for full-size humanoid robots", "全尺寸人形机器人联合测试实验室"),
)
REASONS = [
    {"reason": "must_meet", "points": 300, "fact": "must_meet"},
    {"reason": "same_chain", "points": 260, "fact": "FI-ROB"},
    {"reason": "language", "points": 90, "fact": "de"},
]


def fill_day(reader: Account, edition: Edition, entries: int) -> None:
    """So many entries of an investor far from home on the first day: meetings at three venues, then a programme item."""
    investor = reader.investor
    assert investor is not None
    investor.name, investor.languages, reader.timezone = ORGANISATION, ["de"], "America/Argentina/Buenos_Aires"
    _name_places(edition)
    slots = more_slots(edition, entries)
    german = get_pool(edition, "de")
    for number, slot in enumerate(slots[:-1]):
        project = _project(edition, number)
        if number % 3 == 1:
            make_meeting(
                investor, project, slot, Status.COUNTERED, offered=edition.slots[4 + number // 3], pool=german, reasons=REASONS
            )
        else:
            make_meeting(
                investor, project, slot, Status.ACCEPTED if number % 3 == 0 else Status.PROPOSED, pool=german, reasons=REASONS
            )
    title = ("Sub-session: opportunities in the intelligent robot chain", "分场：智能机器人产业链机遇分享")
    hall = get_district(edition, "XH").venue
    named = {"title_en": title[0], "title_zh": title[1], "place_en": hall.name_en, "place_zh": hall.name_zh}
    make_signup(investor, make_activity(edition, venue=hall, starts_at=slots[-1].starts_at, **named))


def fill_table(edition: Edition, rows: int) -> None:
    """So many meetings at a table of Pudong on the first day: long names, three delegates each; the first not agreed yet."""
    _name_places(edition)
    project = _project(edition, 0)
    for number, slot in enumerate(more_slots(edition, rows)):
        guest = make_investor(edition, name=f"{ORGANISATION} {number + 1}", languages=("de",))
        people = (
            ("Dr. Alexandra Montgomery", "Managing Director"),
            ("Karl-Friedrich Obermann", "Head of Asia"),
            ("Li Wei", "Partner"),
        )
        save(*(Delegate(investor=guest, name=name, title=title, language="de") for name, title in people))
        status = Status.ACCEPTED if number else Status.PROPOSED
        make_meeting(guest, project, slot, status, pool=get_pool(edition, "de"))


def more_slots(edition: Edition, wanted: int) -> list[Slot]:
    """So many slots of half an hour on the first day, after those that it has."""
    last = edition.slots[3]
    for number in range(1, wanted + 1):
        starts_at = last.starts_at + timedelta(minutes=30 * number)
        ends_at = starts_at + timedelta(minutes=30)
        position = len(edition.slots)
        edition.slots.append(Slot(position=position, day=last.day, half=last.half, starts_at=starts_at, ends_at=ends_at))
    db.session.commit()
    return edition.slots[-wanted:]


def _name_places(edition: Edition) -> None:
    for code, name_en, name_zh, venue_en, venue_zh, latitude, longitude in PLACES:
        district = get_district(edition, code)
        district.name_en, district.name_zh = name_en, name_zh
        district.venue.name_en, district.venue.name_zh = venue_en, venue_zh
        district.venue.latitude, district.venue.longitude = latitude, longitude
    db.session.commit()


def _project(edition: Edition, number: int) -> Project:
    """A new project: of each place in turn."""
    title, title_zh = TITLES[number % len(TITLES)]
    return make_project(get_district(edition, PLACES[number % len(PLACES)][0]), title=title, title_zh=title_zh)
