"""Bad catalogues: every fault is told with its file, row, column and reason, all at once, and nothing is stored."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from matchmaker.models import District, Edition
from matchmaker.services.catalogue import Counts, Fault, load_catalogue
from tests.services.catalogue_copy import ROWS, copy_catalogue, count, drop_row, edit, faults_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_catalogue(tmp_path)


BAD_CELLS = [
    ("projects.csv", ",PD,HE-ROB-HUM,", ",ZZ,HE-ROB-HUM,", "district_code", 2, "There is no district ZZ."),
    ("projects.csv", ",PD,HE-ROB-HUM,", ",PD,NO-SUCH,", "chain_code", 2, "There is no chain NO-SUCH."),
    ("projects.csv", "joint lab,50,200", "joint lab,500,200", "size_max_mcny", 2, "This must not be less than size_min_mcny."),
    ("projects.csv", "joint lab,50,200", "joint lab,-50,200", "size_min_mcny", 2, "This must be a whole number, digits only."),
    ("projects.csv", "joint lab,50,", "joint lab,99999999,", "size_min_mcny", 2, "This must be at most 10000000."),
    (
        "projects.csv",
        "joint lab,50,200",
        "castle,50,200",
        "kind",
        2,
        "This must be one of 'greenfield', 'supply-chain', 'joint lab', 'R&D centre', 'regional HQ', 'equity' or 'land'.",
    ),
    (
        "projects.csv",
        "zh;en;ja,https",
        "zh;english,https",
        "languages",
        2,
        "This must be a language code of two letters (ISO 639-1), such as en.",
    ),
    ("projects.csv", "zh;en;ja,https", "zh;en;zh,https", "languages", 2, "A value is named twice."),
    ("projects.csv", "全尺寸人形机器人联合测试实验室", "", "title_zh", 2, "This must not be empty."),
    ("projects.csv", "全尺寸人形机器人联合测试实验室", "长" * 201, "title_zh", 2, "This is too long: at most 200 characters."),
    (
        "projects.csv",
        "全尺寸人形机器人",
        "全尺寸\x00人形机器人",
        "title_zh",
        2,
        "Line breaks, tabs and control characters are not allowed here.",
    ),
    (
        "projects.csv",
        "https://www.alwihdainfo.com",
        "javascript:alert(1)//",
        "source_url",
        2,
        "This must be a web address (http:// or https://), or the word illustrative.",
    ),
    ("projects.csv", "PD-02,Robot", "PD-01,Robot", "code", 3, "PD-01 is there twice, first in row 2."),
    ("projects.csv", "PD-01,Shared", "pd 1,Shared", "code", 2, "A code consists of capital letters, digits and hyphens."),
    ("districts.csv", ",310115,", ",31,", "gb_code", 2, "A division code has six digits."),
    ("districts.csv", "31.1780", "131.1780", "latitude", 2, "This must be at most 90."),
    (
        "districts.csv",
        ";大飞机;智能机器人",
        ";智能机器人",
        "leading_industries_zh",
        2,
        "This names 5, and leading_industries_en names 6.",
    ),
    (
        "districts.csv",
        "sub_area,PD,",
        "sub_area,,",
        "parent_code",
        18,
        "A sub-area names the district that it belongs to, and a district names none.",
    ),
    ("chains.csv", "IC-DES,IC,Chip", "IC-DES,XX,Chip", "parent_code", 8, "There is no chain XX."),
    ("chains.csv", "芯片设计,2,no", "芯片设计,3,no", "level", 8, "By its parent_code this is level 2."),
    ("chains.csv", "芯片设计,2,no", "芯片设计,2,maybe", "track_2024", 8, "This must be yes or no."),
    (
        "chains.csv",
        "大飞机,2,yes,confirmed",
        "大飞机,2,yes,surely",
        "special_session_2024",
        34,
        "This must be one of 'confirmed', 'probable' or 'candidate'.",
    ),
    ("activities.csv", "2024-03-29,09:30,11:30", "2024-03-29,09:30,09:15", "end", 2, "The end must be later than the start."),
    ("activities.csv", "2024-03-29,09:30,11:30", "29/3/2024,09:30,11:30", "date", 2, "This must be a date such as 2024-04-01."),
    ("activities.csv", "2024-03-29,09:30,11:30", "2024-02-30,09:30,11:30", "date", 2, "This date does not exist."),
    (
        "activities.csv",
        "2024-03-29,09:30,11:30",
        "2024-03-29,9.30,11:30",
        "start",
        2,
        "This must be a time of day such as 09:30.",
    ),
    ("activities.csv", "2024-03-26,14:00", "2023-03-26,14:00", "date", 12, "This is not in 2024, the year of the edition."),
    ("activities.csv", "青浦区,200,no", "青浦区,200,yes", "in_event_window", 12, "By its date this must be no."),
    ("activities.csv", "ACT-02,ACT-01", "ACT-02,ACT-99", "parent_code", 3, "There is no programme item ACT-99."),
    ("activities.csv", "ACT-02,ACT-01", "ACT-02,ACT-06", "parent_code", 3, "This is not within the time of ACT-06."),
    ("partners.csv", "PAR-02,Alibaba", "PAR-01,Alibaba", "code", 3, "PAR-01 is there twice, first in row 2."),
    ("policies.csv", "2024,2024-05,", "2024,May 2024,", "published", 19, "This must be a date such as 2024-04-01."),
    ("travel_minutes.csv", "PD,PD,0", "PD,PD,5", "minutes", 2, "From a place to itself it is 0 minutes."),
    ("travel_minutes.csv", "PD,HP,37", "PD,HP,1441", "minutes", 3, "This must be at most 1440."),
    ("travel_minutes.csv", "PD,XH,43", "PD,HP,43", "to_code", 4, "PD to HP is there twice, first in row 3."),
    ("chain_releases.csv", "积塔半导体;瞻芯电子;天岳先进", "积塔半导体", "leader_zh", 2, "This names 1, and leader_en names 3."),
    (
        "event.yaml",
        "timezone: Asia/Shanghai",
        "timezone: Asia/Atlantis",
        "timezone",
        12,
        "This must be a time zone, such as Asia/Shanghai.",
    ),
    ("event.yaml", "grid_minutes: 30", "grid_minutes: 3", "slots.grid_minutes", 36, "This must be at least 10."),
    ("event.yaml", "grid_minutes: 30", "grid_mins: 30", "slots.grid_mins", 36, "This key is not known here."),
    ("event.yaml", "  XH: 7\n", "  XH: 0\n", "tables.XH", 51, "District XH has projects, so it needs at least one table."),
    ("event.yaml", "  XH: 7\n", "  XX: 7\n  XH: 7\n", "tables.XX", 51, "There is no district XX."),
    ("event.yaml", "  XH: 7\n", "  XH: 7\n  XH: 8\n", "tables.XH", 52, "This key is there twice."),
    ("event.yaml", "travel_as: HK", "travel_as: ZZ", "main_venue.travel_as", 23, "There is no district ZZ."),
    (
        "event.yaml",
        "working_day_count: 10",
        "working_day_count: 9",
        "working_day_count",
        110,
        "10 days are marked as working, not so many.",
    ),
    (
        "event.yaml",
        "2024-04-01, weekday: Monday",
        "2024-04-01, weekday: Sunday",
        "days[3].weekday",
        98,
        "2024-04-01 is a Monday.",
    ),
    ("event.yaml", "  - 2024-04-03\n", "  - 2024-04-04\n", "meeting_days[2]", 114, "2024-04-04 is not a working day."),
    (
        "event.yaml",
        "  - 2024-04-03\n",
        "  - 2024-05-03\n",
        "meeting_days[2]",
        114,
        "2024-05-03 is not between start_date and end_date.",
    ),
    ("event.yaml", "  - 2024-04-03\n", "  - 2024-04-02\n", "meeting_days[2]", 114, "2024-04-02 is there twice."),
    (
        "event.yaml",
        "end_date: 2024-04-12",
        "end_date: 2024-03-12",
        "end_date",
        15,
        "The edition must end on or after its first day, and last at most 60 days.",
    ),
    (
        "event.yaml",
        'lunch_end: "13:30"',
        'lunch_end: "11:30"',
        "opening_hours",
        30,
        "The hours must be in the order start, lunch_start, lunch_end, end.",
    ),
    (
        "event.yaml",
        "  min_meetings: 2",
        "  min_meetings: 20",
        "defaults.min_meetings",
        43,
        "This must not be more than max_meetings.",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "column", "row", "reason"), BAD_CELLS)
def test_a_bad_cell_is_told_with_file_row_and_column(
    folder: Path, file: str, old: str, new: str, column: str, row: int, reason: str
) -> None:
    edit(folder, file, old, new)

    faults = faults_of(folder)

    assert Fault(file, row, column, reason) in faults


def write(file: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_bytes(content)


def header_only(folder: Path) -> None:
    path = folder / "projects.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")


def rename_column(folder: Path) -> None:
    edit(folder, "partners.csv", "edition_year", "since")


def not_utf8(folder: Path) -> None:
    path = folder / "projects.csv"
    path.write_bytes(path.read_bytes().replace("机器人".encode(), "机器人".encode("gb18030")))


BAD_FILES = [
    (lambda folder: (folder / "projects.csv").unlink(), [Fault("projects.csv", None, "", "This file is missing.")]),
    (write("projects.csv", b""), [Fault("projects.csv", None, "", "This file is empty.")]),
    (write("projects.csv", b" \n\n"), [Fault("projects.csv", None, "", "This file is empty.")]),
    (header_only, [Fault("projects.csv", None, "", "This file has a header and no rows.")]),
    (
        write("partners.csv", b"x" * 2_000_000),
        [Fault("partners.csv", None, "", "This file is too large: at most 1,000,000 bytes are read.")],
    ),
    (not_utf8, [Fault("projects.csv", 2, "", "This file is not in UTF-8 here. Save it with that encoding.")]),
    (
        rename_column,
        [
            Fault("partners.csv", 1, "edition_year", "This column is missing."),
            Fault(
                "partners.csv",
                1,
                "since",
                "This column is not known here. Known are: "
                "code, name, name_zh, category, category_code, edition_year, source_url, note.",
            ),
        ],
    ),
    (
        lambda folder: edit(folder, "partners.csv", "PAR-02,Alibaba,", "PAR-02,Alibaba, Inc.,"),
        [Fault("partners.csv", 3, "", "This row has 9 cells and the header has 8. Texts with commas need quotes.")],
    ),
    (
        lambda folder: edit(folder, "partners.csv", "PAR-22,PwC", 'PAR-22,"PwC'),
        [Fault("partners.csv", 23, "", "From here on this is not a readable CSV file: unexpected end of data.")],
    ),
    (
        lambda folder: edit(folder, "partners.csv", "PAR-02,Alibaba", "PAR-02," + "A" * 140_000),
        [Fault("partners.csv", 3, "", "From here on this is not a readable CSV file: field larger than field limit (131072).")],
    ),
    (
        lambda folder: edit(folder, "event.yaml", "timezone: Asia/Shanghai", "timezone: [Asia/Shanghai"),
        [Fault("event.yaml", 13, "", "This is not readable YAML: expected ',' or ']', but got '<scalar>'.")],
    ),
    (write("event.yaml", b"- a\n- b\n"), [Fault("event.yaml", 1, "", "This file must consist of keys and values.")]),
    (write("event.yaml", b"# nothing\n"), [Fault("event.yaml", 1, "", "This file must consist of keys and values.")]),
    (
        write("event.yaml", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
        [Fault("event.yaml", 2, "", "This is not readable YAML: references are not read here.")],
    ),
    (
        write("event.yaml", b"[" * 5_000),
        [Fault("event.yaml", None, "", "This is not readable YAML, or nested too deeply.")],
    ),
    (
        lambda folder: drop_row(folder, "travel_minutes.csv", "PD,HP,"),
        [Fault("travel_minutes.csv", None, "to_code", "The way from PD to HP is missing.")],
    ),
    (
        lambda folder: drop_row(folder, "chain_releases.csv", "AI-LLM,"),
        [Fault("chains.csv", 17, "track_2024", "Chain AI-LLM is a track of this edition and has no row in chain_releases.csv.")],
    ),
    (
        lambda folder: edit(folder, "chain_releases.csv", "AI-LLM,", "AI-APP,"),
        [
            Fault(
                "chains.csv", 17, "track_2024", "Chain AI-LLM is a track of this edition and has no row in chain_releases.csv."
            ),
            Fault("chain_releases.csv", 4, "chain_code", "Chain AI-APP is not marked as a track of this edition in chains.csv."),
        ],
    ),
    (
        lambda folder: edit(folder, "chains.csv", "HE,K6,High", "HE,HE-ROB-HUM,High"),
        [
            Fault("chains.csv", 33, "level", "By its parent_code this is level 4."),
            Fault("chains.csv", 33, "parent_code", "HE lies below itself."),
            Fault("chains.csv", 39, "parent_code", "HE-ROB lies below itself."),
            Fault("chains.csv", 40, "parent_code", "HE-ROB-HUM lies below itself."),
        ],
    ),
    (
        lambda folder: edit(folder, "event.yaml", '    "no": 1 ', "    zh: 1 "),
        [
            Fault(
                "event.yaml",
                77,
                "interpreters.per_half_day.zh",
                "Every pool is paired with this language; it needs none of its own.",
            )
        ],
    ),
]


@pytest.mark.parametrize(("spoil", "expected"), BAD_FILES)
def test_a_bad_file_is_told_as_such(folder: Path, spoil: Callable[[Path], object], expected: list[Fault]) -> None:
    spoil(folder)

    faults = faults_of(folder)

    assert [fault for fault in faults if fault in expected] == expected
    assert {fault.file for fault in faults} == {fault.file for fault in expected}


def test_an_edition_without_working_days_is_refused(folder: Path) -> None:
    path = folder / "event.yaml"
    text = path.read_text(encoding="utf-8").replace("working: true, kind: working_day", "working: false, kind: weekend")
    text = text.replace("working: true, kind: makeup_working_day", "working: false, kind: public_holiday")
    path.write_text(text, encoding="utf-8")

    faults = faults_of(folder)

    assert Fault("event.yaml", 94, "days", "The edition has no working day.") in faults


def test_an_edition_without_meeting_days_is_refused(folder: Path) -> None:
    path = folder / "event.yaml"
    before, after = path.read_text(encoding="utf-8").split("meeting_days:  ", 1)
    path.write_text(f"{before}meeting_days: []\nillustrative:{after.split('illustrative:', 1)[1]}", encoding="utf-8")

    assert faults_of(folder)[0].reason == "At least one day with meetings is needed."


def test_all_faults_come_at_once_and_nothing_is_stored(app: Flask, folder: Path) -> None:
    edit(folder, "projects.csv", ",PD,HE-ROB-HUM,", ",ZZ,NO-SUCH,")
    edit(folder, "projects.csv", "机器人减速器与伺服部件产线", "机器人减速器与伺服部件产线" * 20)
    edit(folder, "partners.csv", "multinational,2024", "multinational,24")
    (folder / "policies.csv").unlink()

    faults = faults_of(folder)

    assert [(fault.file, fault.row, fault.column) for fault in faults] == [
        ("projects.csv", 2, "chain_code"),
        ("projects.csv", 2, "district_code"),
        ("projects.csv", 3, "title_zh"),
        ("partners.csv", 3, "edition_year"),
        ("policies.csv", None, ""),
    ]
    assert (count(Edition), count(District)) == (0, 0)


def test_an_empty_folder_names_every_file(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == [Fault(name, None, "", "This file is missing.") for name in ROWS]


def test_a_fault_reads_as_a_sentence_with_its_place() -> None:
    fault = Fault("projects.csv", 7, "kind", "This must not be empty.")

    assert str(fault) == "projects.csv, row 7, kind: This must not be empty."


def test_windows_line_ends_and_a_byte_order_mark_are_welcome(folder: Path, app: Flask) -> None:
    path = folder / "partners.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert load_catalogue(folder).files["partners.csv"] == Counts(new=22)
