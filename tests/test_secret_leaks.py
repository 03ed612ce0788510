"""Codes, tokens, links, email addresses and phones appear in no log, task, email row or staff page for emails (QA18)."""

import pytest

from tests import secret_leaks

pytestmark = pytest.mark.slow


@pytest.mark.django_db(transaction=True)
def test_no_secret_of_an_ordinary_day_is_where_it_must_not_be(people, settings, tmp_path):
    settings.MAIL_DIR = tmp_path
    day = secret_leaks.live(people)
    assert day.found() == []
    assert {place for place, text in day.places.items() if not text} == set()
    kinds = set(day.secrets.values())
    assert kinds == {
        *(
            "code",
            "session",
            "key of a second step",
            "recovery code",
            "token",
            "digest",
            "link",
            "mail address",
            "phone",
        )
    }
    # A log that includes exception messages would hold them, so the day does produce them.
    in_the_way = {kind for text, kind in day.secrets.items() if text in day.whole_log}
    assert {"mail address", "phone", "token"} <= in_the_way


def test_a_planted_secret_is_found():
    day = secret_leaks.Day(None, None, {"BCDF-GHJK": "code", "/a/?next=b": "link"}, {})
    day.places = {"the log": "Your code: BCDF-GHJK", "redirects": "/a/?next=b"}
    assert day.found() == ["code in the log: BCDF-GHJK"]
