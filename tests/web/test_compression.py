"""Texts travel packed, and the first page with everything that it needs is light."""

import gzip
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import url_for

from matchmaker.services.catalogue import load_catalogue
from tests.helpers import ROOT, sign_in

LIGHT = 80_000
PACKED = {"Accept-Encoding": "gzip, deflate, br"}
IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"';]*["']([^"']+)["']|\bimport\(\s*["'`]([^"'`]+)""", re.MULTILINE)
CALLED_FOR = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")


def fetched(client, addresses):
    """What a browser gets for these addresses, packed, and for what the scripts and style sheets among them call for."""
    waiting, found = list(addresses), {}
    while waiting:
        address = waiting.pop()
        if address in found or address.startswith("data:"):
            continue
        assert re.match(r"/(?!/)", address), address
        with client.get(address, headers=PACKED) as answer:
            assert answer.status_code == 200, address
            found[address] = answer
            data = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
        calls = {"text/javascript": IMPORT, "text/css": CALLED_FOR}.get(answer.mimetype)
        if calls:
            waiting += [urljoin(address, one or other) for one, other in calls.findall(data.decode())]
    return found


def test_page_is_packed_for_a_browser_and_plain_for_who_cannot_unpack(client, edition):
    plain = client.get("/chains")
    packed = client.get("/chains", headers=PACKED)

    assert (plain.headers.get("Content-Encoding"), packed.headers.get("Content-Encoding")) == (None, "gzip")
    assert re.sub(rb'value="[^"]+"', b"", gzip.decompress(packed.data)) == re.sub(rb'value="[^"]+"', b"", plain.data)
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_refused_encoding_is_refused(client, edition):
    assert "Content-Encoding" not in client.get("/chains", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_length_of_a_packed_page_varies_so_that_it_gives_nothing_away(client, edition):
    assert len({len(client.get("/chains", headers=PACKED).data) for _ in range(20)}) > 1


def test_packed_file_is_asked_for_again_by_its_tag(client):
    with client.get("/static/site.css", headers=PACKED) as first:
        assert len(first.data) < 12_000
        assert first.headers["Content-Encoding"] == "gzip"
    with client.get("/static/site.css", headers=PACKED | {"If-None-Match": first.headers["ETag"]}) as again:
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(("path", "scripts"), [("/", 0), ("/sign-up", 4)])
def test_file_is_kept_for_good_under_the_address_that_names_its_content(client, edition, path, scripts):
    """Also what a script imports."""
    files = fetched(client, re.findall(r'"(/(?:bootstrap/)?static/[^"]+)"', client.get(path).text))

    assert len(files) >= 4
    assert len([address for address in files if ".js" in address]) == scripts
    for address, file in files.items():
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable", address


@pytest.mark.parametrize("script", sorted(Path(ROOT, "matchmaker/static").glob("*.js")), ids=lambda script: script.name)
def test_script_names_the_content_of_what_it_imports(app, script):
    """So that the browser keeps that for good too, and asks for it again when it is another."""
    imported = [one or other for one, other in IMPORT.findall(script.read_text(encoding="utf-8"))]

    with app.test_request_context():
        present = [url_for("static", filename=re.sub(r"^\./|\?.*", "", address)) for address in imported]
    assert [urljoin("/static/", address) for address in imported] == present


def test_no_session_goes_out_with_a_file_that_others_may_keep(client, ines):
    sign_in(client, ines)
    with client.session_transaction() as stored:
        stored["_id"] = "that of another browser"
    with client.get(re.findall(r'"(/static/site[^"]+)"', client.get("/").text)[0]) as file:
        assert "immutable" in file.headers["Cache-Control"]
        assert "Set-Cookie" not in file.headers
        assert "Cookie" not in file.headers.get("Vary", "")


def test_file_under_another_address_is_asked_for_again(client):
    for address in ("/static/site.css", "/static/site.css?v=", "/static/site.css?v=0123456789ab"):
        with client.get(address) as file:
            assert file.headers["Cache-Control"] == "no-cache", address


def test_file_that_is_missing_has_an_address_and_is_not_found(app, client):
    with app.test_request_context():
        address = url_for("static", filename="nowhere.css")

    assert address == "/static/nowhere.css"
    assert client.get(address).status_code == 404
    assert client.get("/static/../app.py?v=1").status_code == 404


def test_short_text_stays_as_it_is(client):
    assert "Content-Encoding" not in client.get("/robots.txt", headers=PACKED).headers


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_first_page_weighs_less_than_eighty_kilobytes_with_everything_it_needs(client, language):
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")

    page = client.get("/", headers=PACKED | {"Accept-Language": language})
    text = gzip.decompress(page.data).decode()
    needs = fetched(client, re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', text))

    weights = {"/": len(page.data)} | {address: len(answer.data) for address, answer in needs.items()}
    assert text.count("/chains/") >= 14
    assert sum(weights.values()) < LIGHT, weights
