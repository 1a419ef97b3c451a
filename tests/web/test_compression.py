"""Texts travel packed, and the first page with everything that it needs is light."""

import gzip
import re

import pytest
from flask import url_for

from tests.helpers import sign_in

LIGHT = 80_000
PACKED = {"Accept-Encoding": "gzip, deflate, br"}


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


def test_file_is_kept_for_good_under_the_address_that_names_its_content(client, edition):
    page = client.get("/").text
    addresses = set(re.findall(r'"(/(?:bootstrap/)?static/[^"]+)"', page))

    assert len(addresses) >= 4
    for address in addresses:
        with client.get(address) as file:
            assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable", address


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
def test_first_page_weighs_less_than_eighty_kilobytes_with_everything_it_needs(client, edition, language):
    page = client.get("/", headers=PACKED | {"Accept-Language": language})
    text = gzip.decompress(page.data).decode()
    needs = set(re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', text))
    assert all(address.startswith("/") and not address.startswith("//") for address in needs)

    weights = [len(page.data)]
    for address in sorted(needs):
        with client.get(address, headers=PACKED) as answer:
            assert answer.status_code == 200
            weights.append(len(answer.data))

    assert sum(weights) < LIGHT, weights
