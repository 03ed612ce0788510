"""Which answers are compressed, and which aren't."""

import gzip

import pytest
from django.test import Client

from tests.snapshots import snapshot_fixture


@snapshot_fixture
def browser(db):
    return Client(headers={"accept-encoding": "gzip"})


@pytest.mark.parametrize("path", ["/about/", "/partnerships/", "/no-such-page/"])
def test_pages_are_sent_compressed(path, browser):
    answer, plain = browser.get(path), Client().get(path)
    assert (answer["Content-Encoding"], "Content-Encoding" in plain) == ("gzip", False)
    assert gzip.decompress(answer.content).decode().splitlines()[0] == "<!DOCTYPE html>"
    assert len(answer.content) < len(plain.content) / 2


@pytest.mark.parametrize(("file", "words"), [("look.css", b"--line"), ("head.js", b"combobox")])
def test_a_style_sheet_or_script_is_sent_compressed(browser, file, words):
    answer = browser.get(f"/static/registry/{file}")
    assert answer["Content-Encoding"] == "gzip"
    assert words in gzip.decompress(b"".join(answer.streaming_content))


def test_answers_of_the_api_stay_as_they_are(browser):
    answer = browser.get("/api/v1/issue-areas/")
    assert "Content-Encoding" not in answer
    again = browser.get("/api/v1/issue-areas/", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_secret_of_a_page_is_masked_differently_each_time_and_its_length_varies(browser):
    pages = [browser.get("/sign-in/") for _ in range(20)]
    tokens = {gzip.decompress(page.content).split(b'csrfmiddlewaretoken" value="')[1][:64] for page in pages}
    assert len(tokens) == 20
    assert len({len(page.content) for page in pages}) > 1
