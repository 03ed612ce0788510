"""One person in two browsers: each has its own forms, and what ends in one ends in the right places."""

import pytest
from django.test import Client

from partnerships.models import Action, Organization
from tests.factories import make_organization, make_partnership
from tests.web.test_idempotency import form_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def browsers(people):
    found = Client(), Client()
    for one in found:
        one.force_login(people.editor)
    return found


@pytest.fixture
def page(people):
    return f"/partnerships/{make_partnership('Shared work', lead=people.office).public_id}/actions/new/"


def test_each_browser_makes_a_record_of_its_own(browsers, page):
    drawn = [form_at(one, page) | {"title": "Call the desk"} for one in browsers]
    assert [one.post(page, typed).status_code for one, typed in zip(browsers, drawn, strict=True)] == [302, 302]
    assert Action.objects.count() == 2


def test_a_form_of_one_browser_sent_from_both_is_taken_once(browsers, page):
    typed = form_at(browsers[0], page) | {"title": "Call the desk"}
    answers = [one.post(page, typed) for one in browsers]
    assert len({answer["Location"] for answer in answers}) == 1
    assert Action.objects.count() == 1


def test_the_second_save_of_one_record_shows_both_texts(browsers, people):
    record = make_organization("Neighbors", "profiled", kept_by=people.office)
    url = f"/organizations/{record.public_id}/edit/"
    drawn = [form_at(one, url) for one in browsers]
    assert browsers[0].post(url, drawn[0] | {"aims": "Homes near work"}).status_code == 302
    answer = browsers[1].post(url, drawn[1] | {"aims": "Homes near school"})
    assert answer.status_code == 409
    assert all(words in answer.content.decode() for words in ("Homes near work", "Homes near school"))
    assert Organization.objects.get(pk=record.pk).aims == "Homes near work"


def test_signing_out_in_one_browser_leaves_the_other_signed_in(browsers, page):
    drawn = [form_at(one, page) | {"title": "Call the front desk"} for one in browsers]
    browsers[0].post("/sign-out/")
    refused = browsers[0].post(page, drawn[0])
    assert refused.status_code == 403
    assert "Call the front desk" in refused.content.decode()
    assert browsers[1].post(page, drawn[1]).status_code == 302
    assert Action.objects.count() == 1
