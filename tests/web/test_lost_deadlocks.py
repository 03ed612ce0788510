"""Forms whose transaction PostgreSQL ended in favor of another one. They're answered again, as the API does with a request."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.urls import reverse

from partnerships.core import idempotency
from partnerships.core.retry import DEADLOCK_TRIES
from partnerships.models import Action, Claim, Email
from partnerships.notifications import answers, links, recipients
from tests.factories import make_meeting, make_organization, make_partnership
from tests.web.test_idempotency import form_at

pytestmark = pytest.mark.django_db
TYPED = "Call the desk about the room"


def lost(code):
    cause = Exception("deadlock detected")
    cause.pgcode = code
    problem = OperationalError()
    problem.__cause__ = cause
    return problem


@pytest.fixture
def lose(monkeypatch):
    """`lose(module, name, code, times)` makes a function raise, after its work is done, the first `times` times."""

    def loses(module, name, code, times):
        work, calls = getattr(module, name), []

        def does(*given, **more):
            found = work(*given, **more)
            calls.append(found)
            if len(calls) <= times:
                raise lost(code)
            return found

        monkeypatch.setattr(module, name, does)
        return calls

    return loses


@pytest.fixture
def page(client, people):
    client.force_login(people.editor)
    client.raise_request_exception = False
    return f"/partnerships/{make_partnership('Shared work', lead=people.office).public_id}/actions/new/"


@pytest.mark.parametrize("code", ["40P01", "40001"])
@pytest.mark.parametrize("place", [(Action, "save"), (idempotency, "store_answer")])
def test_a_form_that_lost_is_answered_again(client, page, lose, place, code):
    typed = form_at(client, page) | {"title": TYPED}
    calls = lose(*place, code, DEADLOCK_TRIES - 1)
    response = client.post(page, typed)
    assert (response.status_code, len(calls)) == (302, DEADLOCK_TRIES)
    assert Action.objects.get().title == TYPED
    assert client.get(response["Location"]).content.decode().count("Added. We’ll email the people responsible.") == 1
    emails = Email.objects.count()
    assert client.post(page, typed)["Location"] == response["Location"]  # the key counts once
    assert (Action.objects.count(), Email.objects.count()) == (1, emails)


@pytest.mark.parametrize("place", [(Action, "save"), (idempotency, "store_answer")])
def test_a_form_that_keeps_losing_keeps_what_was_typed(client, page, lose, place):
    typed = form_at(client, page) | {"title": TYPED}
    calls = lose(*place, "40P01", DEADLOCK_TRIES)
    response = client.post(page, typed)
    assert (response.status_code, len(calls)) == (503, DEADLOCK_TRIES)
    text = response.content.decode()
    assert "Someone else saved at the same moment, so nothing was changed. Try again." in text
    assert f">{TYPED}</textarea>" in text
    assert not Action.objects.exists()
    assert client.post(page, typed).status_code == 302
    assert Action.objects.get().title == TYPED


def test_a_file_is_read_again(client, people, lose):
    client.force_login(people.stranger)
    url = f"/organizations/{make_organization('Block club').public_id}/claim/"
    typed = form_at(client, url) | {"position": "Director", "evidence": "See the file"}
    lose(idempotency, "store_answer", "40P01", 1)
    file = SimpleUploadedFile("letter.txt", b"I am the director.", "text/plain")
    assert client.post(url, typed | {"file": file}).status_code == 302
    assert bytes(Claim.objects.get().file.content) == b"I am the director."


@pytest.mark.parametrize("times", [0, DEADLOCK_TRIES])
def test_the_page_of_a_personal_link_tells_no_one_its_address(client, people, lose, times):
    """Also the page that says that nothing was changed, which links the home page."""
    meeting = make_meeting(make_partnership(lead=people.office), people=[people.editor])
    token = links.make(links.MEETING, recipients.read_recipient(people.editor), meeting.pk, meeting.starts_at)
    client.raise_request_exception = False
    lose(answers, "answer_meeting", "40P01", times)
    response = client.post(reverse("answer_meeting", args=[token]), {"answer": "yes", "form_key": "a" * 22})
    assert (response.status_code, response["Referrer-Policy"]) == (503 if times else 200, "no-referrer")
