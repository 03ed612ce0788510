"""Anyone may suggest a change of a listing. Those who keep the record accept it field by field, and the sender is told."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.core.errors import NotAllowed
from partnerships.directory import queries, suggestions
from partnerships.directory.actions import save_organization
from partnerships.directory.rules import may_decide
from partnerships.models import Change, Email, Membership, Organization, Suggestion
from partnerships.notifications import emails, recipients
from tests.browser.forms import values
from tests.factories import make_organization
from tests.snapshots import snapshot_fixture


@snapshot_fixture
def open_one(people):
    return make_organization("Open coalition", "profiled", kept_by=people.office, aims="Homes for all")


@snapshot_fixture
def suggestion(open_one):
    wanted = {"name": "Open coalition of tenants", "aims": "Homes for everyone"}
    return suggestions.suggest(
        by=None, kind="correct", organization=open_one, fields=wanted, address="Reader@Example.org"
    )


def send(record, **data):
    given = {"kind": "correct", "name": record.name, "words": "", "address": ""} | data
    return Client().post(f"/organizations/{record.public_id}/suggest/", given)


def test_a_stranger_suggests_and_the_office_is_notified(open_one, people):
    response = send(open_one, name="Open coalition of tenants", aims=open_one.aims, words="Their sign says so.")
    assert (response.status_code, response["Location"]) == (302, f"/organizations/{open_one.public_id}/")
    made = Suggestion.objects.get()
    assert (made.fields, made.before) == ({"name": "Open coalition of tenants"}, {"name": "Open coalition"})
    email = Email.objects.get(kind="suggestion_made")
    assert email.recipient == f"person:{people.editor.pk}"
    assert Organization.objects.get(pk=open_one.pk).name == "Open coalition"


def test_saying_nothing_new_keeps_the_typing(open_one):
    response = send(open_one, aims=open_one.aims, address="reader@example.org")
    assert response.status_code == 422
    assert "Nothing is different yet" in response.content.decode()
    assert 'value="reader@example.org"' in response.content.decode()
    assert not Suggestion.objects.exists()


def test_what_a_listing_does_not_show_cannot_be_suggested_or_read(people):
    named = make_organization("Named", "named", kept_by=people.office, aims="Quiet aims", listing_source="A report")
    page = Client().get(f"/organizations/{named.public_id}/suggest/").content.decode()
    assert "Quiet aims" not in page
    assert 'name="aims"' not in page
    send(named, name="Named group", aims="Loud aims")
    assert Suggestion.objects.get().fields == {"name": "Named group"}


def test_an_unlisted_organization_answers_as_a_missing_one(people):
    unlisted = make_organization("Quiet", "unlisted", kept_by=people.office)
    assert send(unlisted, words="It exists").status_code == 404
    assert not Suggestion.objects.exists()


def test_after_ten_an_hour_a_network_has_to_wait(open_one):
    answers = [send(open_one, aims=open_one.aims, words=f"Number {n}").status_code for n in range(11)]
    assert answers == [302] * 10 + [429]
    assert Suggestion.objects.count() == 10


def test_only_so_many_wait_for_one_record(open_one):
    for n in range(suggestions.MOST_OPEN):
        suggestions.suggest(by=None, kind="correct", organization=open_one, words=f"Number {n}")
    with pytest.raises(ValidationError, match="already waiting"):
        suggestions.suggest(by=None, kind="correct", organization=open_one, words="One more")


def test_taken_field_by_field(suggestion, open_one, people):
    suggestions.decide(suggestion=suggestion, by=people.editor, take=["name"], reason="The aims are theirs to word.")
    saved = Organization.objects.get(pk=open_one.pk)
    assert (saved.name, saved.aims) == ("Open coalition of tenants", "Homes for all")
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.decisions) == ("partly", {"name": True, "aims": False})
    change = Change.objects.filter(public_id=open_one.public_id).latest("pk")
    assert (change.by, change.why) == (people.editor, f"Suggested by the public (suggestion {suggestion.pk})")


def test_the_answer_is_in_the_language_of_the_page(open_one, people):
    given = {"kind": "correct", "name": "Coalición abierta", "words": "", "address": "lectora@example.org"}
    Client().post(f"/organizations/{open_one.public_id}/suggest/?lang=es", given)
    suggestions.decide(suggestion=Suggestion.objects.get(), by=people.editor, take=["name"])
    email = Email.objects.get(kind="suggestion_decided")
    assert emails.render(email, recipients.find(email.recipient)).subject == "Se aceptó su sugerencia: Open coalition"


def test_the_sender_reads_the_reason_and_nothing_private(suggestion, people):
    suggestions.decide(suggestion=suggestion, by=people.editor, reason="It is their own name.")
    email = Email.objects.get(kind="suggestion_decided")
    recipient = recipients.find(email.recipient)
    assert recipient.address == "reader@example.org"
    text = emails.render(email, recipient).text
    assert "It is their own name." in text
    assert people.editor.email not in text


def test_nothing_taken_asks_for_a_reason(suggestion, people):
    with pytest.raises(ValidationError, match="why nothing was accepted"):
        suggestions.decide(suggestion=suggestion, by=people.editor)
    suggestion.refresh_from_db()
    assert suggestion.state == "open"


def test_decided_once(suggestion, people):
    suggestions.decide(suggestion=suggestion, by=people.editor, take=["name"])
    with pytest.raises(ValidationError, match="already decided this"):
        suggestions.decide(suggestion=suggestion, by=people.editor, take=["aims"])


def test_who_is_late_reads_what_was_decided_and_keeps_what_they_typed(suggestion, people):
    client = Client()
    client.force_login(people.administrator)
    sent = values(client.get(f"/suggestions/{suggestion.pk}/").content.decode())
    suggestions.decide(suggestion=suggestion, by=people.editor, reason="It is their own name.")
    answer = client.post(f"/suggestions/{suggestion.pk}/", sent | {"reason": "We rang them up."})
    html = answer.content.decode()
    assert answer.status_code == 409
    for words in ("Someone has already decided this.", "We rang them up.", "It is their own name."):
        assert words in html


def test_a_field_does_not_overwrite_what_changed_since(suggestion, open_one, people):
    client, page = Client(), f"/suggestions/{suggestion.pk}/"
    client.force_login(people.editor)
    sent = values(client.get(page).content.decode()) | {"take": ["name"], "reason": "They told us."}
    save_organization(organization=open_one, by=SYSTEM, fields={"name": "Coalition of the open"})
    answer = client.post(page, sent)
    html = answer.content.decode()
    assert answer.status_code == 409
    for words in ("The record changed while you had it open.", "Coalition of the open", "They told us."):
        assert words in html
    assert Organization.objects.get(pk=open_one.pk).name == "Coalition of the open"
    again = values(html)
    assert again["take"] == ["name"]
    assert client.post(page, again).status_code == 302
    assert Organization.objects.get(pk=open_one.pk).name == "Open coalition of tenants"


@pytest.mark.parametrize("role", ["reader", "other_editor", "partner", "stranger", "suspended"])
def test_other_people_cannot_decide_a_suggestion(suggestion, people, role):
    assert not may_decide(getattr(people, role), suggestion)
    with pytest.raises(NotAllowed):
        suggestions.decide(suggestion=suggestion, by=getattr(people, role), take=["name"])
    client = Client()
    client.force_login(getattr(people, role))
    assert client.post(f"/suggestions/{suggestion.pk}/", {"take": "name"}).status_code in (302, 404)
    suggestion.refresh_from_db()
    assert suggestion.state == "open"


def test_an_organization_with_editors_decides_itself(suggestion, open_one, people):
    Membership.objects.create(person=people.partner, organization=open_one, role="editor")
    with pytest.raises(NotAllowed):
        suggestions.decide(suggestion=suggestion, by=people.editor, take=["name"])
    suggestions.decide(suggestion=suggestion, by=people.partner, take=["name", "aims"])
    assert Organization.objects.get(pk=open_one.pk).aims == "Homes for everyone"


def test_a_closed_organization_gets_a_last_day_and_stays_listed(client, open_one, people):
    send(open_one, kind="closed", aims=open_one.aims, words="Their door is shut.")
    made = Suggestion.objects.get()
    assert made.fields == {"closed_on": clock.today().isoformat()}
    client.force_login(people.editor)
    assert str(clock.today().year) in client.get(f"/suggestions/{made.pk}/").content.decode()
    suggestions.decide(suggestion=made, by=people.editor, take=["closed_on"])
    assert Organization.objects.get(pk=open_one.pk).closed_on == clock.today()
    assert queries.organization_list(None, _query()).rows.filter(pk=open_one.pk).exists()
    client.logout()
    assert "Closed since" in client.get(open_one.get_absolute_url()).content.decode()


def test_a_proposed_organization_is_unlisted_until_it_says_otherwise(people):
    data = {"name": "New neighbors", "office": people.office.pk, "aims": "A garden", "words": "", "address": ""}
    client = Client()
    page = client.get("/organizations/missing/").content.decode()
    says = "How do you know of it, and where can people read about it?"  # nothing of it can be wrong yet
    assert (says in page, "What is wrong" in page) == (True, False)
    sent = client.post("/organizations/missing/", data, follow=True).content.decode()
    assert f"Thank you. {people.office} will review it." in sent
    suggestions.decide(suggestion=Suggestion.objects.get(), by=people.editor, take=["name", "aims"])
    found = Organization.objects.get(name="New neighbors")
    assert (found.listing, found.kept_by, found.aims) == ("unlisted", people.office, "A garden")


def _query():
    from django.http import QueryDict

    return QueryDict()


def test_an_office_that_hands_an_organization_over_no_longer_reads_what_was_suggested(people):
    proposal = suggestions.suggest(
        by=None, kind="propose", office=people.other_office, fields={"name": "New coalition"}
    )
    assert list(queries.suggestion_list(people.other_editor)) == [proposal]
    decided = suggestions.decide(suggestion=proposal, by=people.other_editor, take=("name",))
    assert list(queries.suggestion_list(people.other_editor)) == [proposal]
    save_organization(organization=decided.organization, by=SYSTEM, fields={"kept_by": people.office})
    assert list(queries.suggestion_list(people.other_editor)) == []
    assert list(queries.suggestion_list(people.editor)) == [proposal]
    assert set(Email.objects.values_list("lead", flat=True)) == {people.office.pk}
