"""The pages that merge two accounts, as an administrator uses them, and as everyone else sees them."""

import email
from email.policy import default

import pytest
from django.urls import reverse

from partnerships.core.access import SYSTEM
from partnerships.mail import outbox
from partnerships.models import Membership, Merge, Person
from partnerships.notifications import emails
from partnerships.records.merging_people import merge
from tests.factories import make_person
from tests.people import ROLES
from tests.snapshots import snapshot_fixture

pytestmark = pytest.mark.django_db


@snapshot_fixture
def pair(people):
    kept = make_person("ana@city.example.org", name="Ana Ortiz")
    lost = make_person("ana@home.example.org", name="A. Ortiz", zone="America/Denver")
    Membership.objects.create(person=lost, jurisdiction=people.office, role="editor")
    return kept, lost


@pytest.fixture
def administrator_client(client, people):
    client.force_login(people.administrator)
    return client


def page_of(kept, lost):
    return reverse("person_merge_with", args=[kept.pk, lost.pk])


def fields(answer, **more):
    return {"seen": answer.context["form"]["seen"].value(), "why": "She told us so."} | more


def test_from_an_address_to_one_account_and_back_to_two(administrator_client, pair):
    kept, lost = pair
    start = administrator_client.get(reverse("person", args=[kept.pk])).content.decode()
    assert reverse("person_merge", args=[kept.pk]) in start
    answer = administrator_client.post(reverse("person_merge", args=[kept.pk]), {"email": "Ana@Home.example.org "})
    assert (answer.status_code, answer.url) == (302, page_of(kept, lost))
    compared = administrator_client.get(answer.url)
    text = compared.content.decode()
    for words in (
        "ana@city.example.org",
        "ana@home.example.org",
        "City of Minneapolis, Editor",
        "1: roles at offices and organizations",
    ):
        assert words in text
    sent = fields(compared, **{"take-email": "other", "take-name": "kept", "take-zone": "other"})
    done = administrator_client.post(answer.url, sent, follow=True).content.decode()
    assert "Merged. You can undo the merge for 90 days." in done
    assert "A. Ortiz was merged into this account" in done
    kept.refresh_from_db()
    assert (kept.email, kept.name, kept.zone) == ("ana@home.example.org", "Ana Ortiz", "America/Denver")
    assert administrator_client.get(reverse("person", args=[lost.pk])).url == reverse("person", args=[kept.pk])
    undo_url = reverse("person_apart", args=[kept.pk, Merge.objects.get().pk])
    assert administrator_client.get(undo_url).status_code == 200
    assert (
        "The merge is undone." in administrator_client.post(undo_url, {"why": "Not her."}, follow=True).content.decode()
    )
    assert sorted(Person.objects.filter(email__startswith="ana@").values_list("email", flat=True)) == [
        "ana@city.example.org",
        "ana@home.example.org",
    ]


@pytest.mark.parametrize(("take", "stays", "goes"), [
    ("kept", "ana@city.example.org", "ana@home.example.org"),
    ("other", "ana@home.example.org", "ana@city.example.org"),
])  # fmt: skip
def test_both_email_addresses_are_notified_but_not_why(
    administrator_client, pair, settings, tmp_path, take, stays, goes
):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    administrator_client.post(page_of(*pair), fields(administrator_client.get(page_of(*pair)), **{"take-email": take}))
    while outbox.send_due(render=emails.render):
        pass
    sent = [email.message_from_bytes(path.read_bytes(), policy=default) for path in tmp_path.glob("*.eml")]
    sent = {one["To"].addresses[0].addr_spec: one for one in sent if one["Subject"] == "Your two accounts were merged"}
    texts = {address: one.get_body(("plain",)).get_content() for address, one in sent.items()}
    assert sorted(texts) == sorted([stays, goes])
    assert "From now on, sign in only with this email address." in texts[stays]
    assert "You can no longer sign in with this email address." in texts[goes]
    assert "She told us so." not in str(texts)


def test_if_the_other_email_address_cannot_be_notified_the_administrator_is(administrator_client, pair, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    answer = administrator_client.post(page_of(*pair), fields(administrator_client.get(page_of(*pair))), follow=True)
    assert "Contact the person yourself." in answer.content.decode()
    assert not Person.objects.filter(pk=pair[1].pk).exists()


@pytest.mark.parametrize(
    "address", ["nobody@example.org", "ana@city.example.org", "suspended@example.org", "no address"]
)
def test_an_email_address_that_does_not_fit_shows_an_error_at_its_field(administrator_client, pair, address):
    answer = administrator_client.post(reverse("person_merge", args=[pair[0].pk]), {"email": address})
    assert (answer.status_code, len(answer.context["form"].errors["email"])) == (422, 1)


def test_a_reason_is_asked_for(administrator_client, pair):
    answer = administrator_client.post(page_of(*pair), fields(administrator_client.get(page_of(*pair)), why=""))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["why"])
    assert Person.objects.filter(pk=pair[1].pk).exists()


def test_what_changed_since_is_shown_before_the_second_press(administrator_client, pair, people):
    sent = fields(administrator_client.get(page_of(*pair)))
    Membership.objects.filter(person=pair[1]).update(role="manager")
    answer = administrator_client.post(page_of(*pair), sent)
    assert answer.status_code == 409
    assert "City of Minneapolis, Manager" in answer.content.decode()
    assert administrator_client.post(page_of(*pair), fields(answer)).status_code == 302
    assert not Person.objects.filter(pk=pair[1].pk).exists()


@pytest.mark.parametrize("seen", ["", "made up"])
def test_without_having_looked_nothing_is_done(administrator_client, pair, seen):
    answer = administrator_client.post(page_of(*pair), {"seen": seen, "why": "Blindly"})
    assert answer.status_code in (409, 422)
    assert Person.objects.filter(pk=pair[1].pk).exists()


def test_what_prevents_it_is_on_the_page_and_there_is_no_button(administrator_client, pair):
    Person.objects.filter(pk=pair[1].pk).update(is_active=False)
    text = administrator_client.get(page_of(*pair)).content.decode()
    assert "is suspended" in text
    assert '<button class="btn">Merge</button>' not in text
    administrator_client.post(page_of(*pair), {"why": "All the same"})
    assert Person.objects.filter(pk=pair[1].pk).exists()


@pytest.mark.parametrize("role", sorted({*ROLES, "nobody"} - {"administrator"}))
def test_for_everyone_else_there_is_no_such_page(client, people, pair, role):
    third = make_person("third@example.org")
    made = merge(kept=pair[0], lost=third, by=SYSTEM)
    if role not in ("nobody", "suspended"):
        client.force_login(getattr(people, role))
    for page in (
        reverse("person_merge", args=[pair[0].pk]),
        page_of(*pair),
        reverse("person_apart", args=[pair[0].pk, made.pk]),
    ):
        for answer in (client.get(page), client.post(page, {"why": "Mine", "email": pair[1].email})):
            assert answer.status_code == 404
            assert "example.org" not in answer.content.decode()
    assert client.get(reverse("person", args=[third.pk])).status_code == 404
    assert Person.objects.filter(pk=pair[1].pk).exists()
    made.refresh_from_db()
    assert made.undone_at is None


def test_a_merge_of_another_account_or_record_is_not_undone_here(administrator_client, pair):
    made = merge(kept=pair[0], lost=make_person("third@example.org"), by=SYSTEM)
    assert administrator_client.get(reverse("person_apart", args=[pair[1].pk, made.pk])).status_code == 404
    assert administrator_client.get(reverse("person_apart", args=[pair[0].pk, 2**70])).status_code == 404
    Merge.objects.filter(pk=made.pk).update(record_type="organization")
    assert administrator_client.get(reverse("person_apart", args=[pair[0].pk, made.pk])).status_code == 404
