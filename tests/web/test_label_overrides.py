"""Label overrides: changed, previewed, reset, and shown where they should be and nowhere else."""

import re
from html import unescape

import pytest
from django.utils import translation

from partnerships.assessment import catalog
from partnerships.core import clock, label_overrides
from partnerships.directory import label_overrides as overrides
from partnerships.models import Change, IssueArea, Membership, Publication, Term, Wording
from partnerships.registry.choices import Engagement, Kind
from partnerships.web.frame.words import label
from tests.browser.forms import forms
from tests.factories import make_jurisdiction, make_organization, make_partnership, make_term, party
from tests.payloads import PAYLOADS

pytestmark = pytest.mark.django_db
KIND = "/words/lists/kind/contract/"


@pytest.fixture(autouse=True)
def own_words_again():
    label_overrides.use_overrides(label_overrides.LabelOverrides())
    yield
    label_overrides.use_overrides(label_overrides.LabelOverrides())


@pytest.fixture
def administrator(client, people):
    client.force_login(people.administrator)
    return people.administrator


def contract(title, lead):
    parties = [party(lead, "lead"), party(make_organization(f"Group of {title}"), "contractor")]
    return make_partnership(title, kind="contract", lead=lead, parties=parties)


def html(answer):
    return " ".join(unescape(answer.content.decode()).split())


def send_form(client, url, **fields):
    return client.post(url, forms(client.get(url).content.decode())[-1].values() | fields)


def reworded(client, url=KIND, django=None, **fields):
    with django(execute=True):
        answer = send_form(client, url, **fields)
    assert answer.status_code == 302, html(answer)


@pytest.fixture
def change_word(client, django_capture_on_commit_callbacks):
    def send_it(url=KIND, **fields):
        reworded(client, url, django_capture_on_commit_callbacks, **fields)

    return send_it


def test_an_override_shows_everywhere_and_is_reset_with_one_press(client, people, administrator, change_word):
    record = contract("Paid work", people.office)
    stored = Publication.objects.get(partnership=record).body
    change_word(label="Paid agreement", help="Someone is paid for the work.")
    assert (Kind.CONTRACT.label, dict(Kind.choices)["contract"], label("contract", "kind")) == ("Paid agreement",) * 3
    assert record.get_kind_display() == "Paid agreement"
    for url in ("/partnerships/", f"/partnerships/{record.public_id}/", "/partnerships/new/"):
        assert "Paid agreement" in html(client.get(url))
    assert "Someone is paid for the work." in html(client.get("/partnerships/new/"))
    assert "Paid agreement" not in client.get("/api/v1/partnerships/").content.decode()
    assert Publication.objects.get(partnership=record).body == stored
    change = Change.objects.get(verb="reword")
    assert (change.by, change.after["label"]) == (administrator, "Paid agreement")
    change_word(own="yes")
    assert (Kind.CONTRACT.label, Wording.objects.count()) == ("Contract", 0)


def test_another_process_takes_it_over_with_its_next_page(client, administrator, change_word):
    change_word(label="Paid agreement")
    label_overrides.use_overrides(label_overrides.LabelOverrides())  # another process, which hasn't been told
    assert "Paid agreement" in html(client.get("/partnerships/new/"))
    Wording.objects.all().delete()
    client.get("/about/")
    assert Kind.CONTRACT.label == "Contract"


def test_it_is_looked_at_before_it_is_saved(client, administrator):
    contract("Paid work", make_jurisdiction())
    page = html(client.get(KIND))
    assert "1 record uses it" in page
    assert "the start of a new one" in page
    answer = send_form(client, KIND, label="Paid agreement", look="yes")
    assert (answer.status_code, "Paid agreement, led by the city." in html(answer)) == (200, True)
    assert Wording.objects.count() == 0


@pytest.mark.parametrize(("typed", "message"), [
    ({"label": "<b>Paid</b>"}, "without < >"), ({"help": "See <i>"}, "without < >"), ({"label": "x" * 81}, "too long"),
    ({"label": "Training"}, "another option"), ({"label": "TRAINING "}, "another option"), ({"was": "Else\n"}, "Someone else"),
])  # fmt: skip
def test_what_is_refused(client, administrator, typed, message):
    answer = send_form(client, KIND, **({"label": "Paid agreement"} | typed))
    assert answer.status_code in (409, 422)
    assert message in html(answer)
    assert Wording.objects.count() == 0


@pytest.mark.parametrize("typed", ["Training\u200b", "Train\u2060ing", "\u200eTraining", "Training\u3164", "Ｔraining"])
def test_a_label_that_looks_like_another_one_is_refused(client, administrator, typed):
    assert "another option" in html(send_form(client, KIND, label=typed))
    assert not Wording.objects.exists()


@pytest.mark.parametrize("typed", ["\u200b", "\u3164", "\u2800 \u00ad", "\ufeff"])
def test_an_option_needs_a_label_that_can_be_seen(client, administrator, typed):
    answer = send_form(client, "/words/lists/purpose/new/", key="unseen", label=typed)
    assert (answer.status_code, Term.objects.filter(key="unseen").exists()) == (422, False)


def test_no_two_options_of_a_jurisdiction_get_one_label_because_of_one_for_everyone(client, people, change_word):
    """Whichever comes last: the one for everyone, or the end of the jurisdiction's own."""
    Membership.objects.create(person=people.manager, jurisdiction=people.office, role="manager")
    own = f"/jurisdictions/{people.office.public_id}/words/kind"
    client.force_login(people.manager)
    change_word(f"{own}/training/", label="Paid agreement")
    client.force_login(people.administrator)
    assert "another option in City of Minneapolis" in html(send_form(client, KIND, label="Paid agreement"))
    client.force_login(people.manager)
    change_word(f"{own}/contract/", label="Deal")
    client.force_login(people.administrator)
    change_word(KIND, label="Paid agreement")
    client.force_login(people.manager)
    assert "another option here" in html(send_form(client, f"{own}/contract/", label=""))


def test_a_control_character_is_refused_or_gone(client, administrator):
    send_form(client, KIND, label="Paid\x07 \u202eagreement\n")
    for row in Wording.objects.all():
        assert row.label.isprintable()


@pytest.mark.parametrize("text", PAYLOADS[:4])
def test_no_markup_gets_in(client, administrator, text):
    assert send_form(client, KIND, label=text[:80]).status_code == 422
    assert text not in client.get("/words/lists/kind/").content.decode()


def test_of_two_at_once_one_gets_a_conflict(client, administrator, change_word):
    seen = forms(client.get(KIND).content.decode())[-1].values()
    change_word(label="Paid agreement")
    answer = client.post(KIND, seen | {"label": "Deal"})
    assert (answer.status_code, 'value="Deal"' in html(answer)) == (409, True)
    assert Wording.objects.get().label == "Paid agreement"


def test_of_two_first_overrides_at_once_one_gets_a_conflict(client, administrator, monkeypatch):
    """There's no row yet that the second request could wait for, and the table can hold only one."""
    form = next(one for one in forms(html(client.get(KIND))) if "label" in one.fields).values()

    def quicker(kept):
        Wording.objects.create(vocabulary="kind", key="contract", label="Deal", help="", at=clock.now())

    monkeypatch.setattr(overrides, "_refuse_markup", quicker)
    monkeypatch.setattr(overrides, "_refuse_taken", lambda *given: None)
    answer = client.post(KIND, form | {"label": "Paid work", "save": "yes"})
    assert (answer.status_code, 'value="Paid work"' in html(answer)) == (409, True)


def test_only_administrators_override_labels(client, people):
    for person in (None, people.editor, people.stranger):
        client.force_login(person) if person else client.logout()
        for url in ("/words/lists/", "/words/lists/kind/", KIND, "/words/lists/purpose/new/"):
            assert client.get(url).status_code == 404
        assert client.post(KIND, {"label": "Mine", "was": "\n"}).status_code == 404
    assert Wording.objects.count() == 0


def test_lists_and_options_that_do_not_exist_are_not_found(client, administrator):
    for url in (
        "/words/lists/kind/nothing/",
        "/words/lists/nothing/",
        "/words/lists/purpose/nothing/",
        "/words/lists/kind/new/",
    ):
        assert client.get(url).status_code == 404
        assert client.post(url, {"label": "x"}).status_code in (404, 405)


def test_numbers_items_and_levels_have_words_too(client, administrator, change_word):
    change_word("/words/lists/engagement/2/", label="Ask")
    change_word("/words/lists/condition/common_agenda/", label="One plan")
    change_word("/words/lists/intensity/4/", label="Act as one")
    assert Engagement(2).label == "Ask"
    assert str(catalog.SAY.names[2]) == "Ask"
    assert catalog.items()["common_agenda"].name == "One plan"
    assert str(catalog.TIE_ITEMS["intensity"].names[4]) == "Act as one"


def test_in_another_language_the_registrys_own_label_is_shown(client, administrator, change_word):
    change_word(label="Paid agreement")
    with translation.override("es"):
        assert Kind.CONTRACT.label == "Contrato"


def test_a_jurisdictions_own_words_show_on_its_own_pages_alone(client, people, change_word):
    own = contract("Ours", people.office)
    other = contract("Theirs", people.other_office)
    Membership.objects.create(person=people.manager, jurisdiction=people.office, role="manager")
    client.force_login(people.manager)
    base = f"/jurisdictions/{people.office.public_id}/words/"
    assert client.get(base).status_code == 200
    change_word(f"{base}kind/contract/", label="Our deal")
    assert "Our deal" in html(client.get(f"/partnerships/{own.public_id}/"))
    for url in (
        f"/partnerships/{other.public_id}/",
        "/partnerships/",
        f"/jurisdictions/{people.other_office.public_id}/",
    ):
        assert "Our deal" not in html(client.get(url))
    assert Kind.CONTRACT.label == "Contract"
    client.force_login(people.editor)
    assert [client.get(base).status_code, client.get(f"{base}kind/contract/").status_code] == [404, 403]
    assert client.post(f"{base}kind/contract/", {"label": "No", "was": "Our deal\n"}).status_code == 403
    assert Wording.objects.get().label == "Our deal"


def test_terms_are_added_changed_retired_and_brought_back(client, administrator):
    make_term("purpose", "learning")
    new = "/words/lists/purpose/new/"
    assert send_form(client, new, key="healing", label="Healing", position="5").status_code == 302
    assert send_form(client, new, key="healing", label="Other", position="5").status_code == 422
    assert send_form(client, new, key="others", label="healing", position="5").status_code == 422
    assert send_form(client, new, key="No Key", label="Third", position="5").status_code == 422
    url = "/words/lists/purpose/healing/"
    seen = forms(client.get(url).content.decode())[-1].values()
    assert send_form(client, url, label="Healing and repair", is_retired="on").status_code == 302
    term = Term.objects.get(key="healing")
    assert (term.label, term.is_retired) == ("Healing and repair", True)
    assert "Retired." in html(client.get("/words/lists/purpose/"))
    assert client.post(url, seen | {"label": "Late"}).status_code == 409
    assert send_form(client, url, is_retired=[]).status_code == 302
    assert not Term.objects.get(key="healing").is_retired
    assert send_form(client, url, label="<script>").status_code == 422
    assert overrides.terms_of("purpose")[0].key == "healing"


def test_a_term_has_a_label_in_spanish_too(client, people, administrator, change_word):
    """On Spanish pages, in other processes from their next page on. Without it, the one in English stays."""
    new, url = "/words/lists/purpose/new/", "/words/lists/purpose/healing/"
    change_word(new, key="healing", label="Healing", label_es="Sanación", position="5")
    term = Term.objects.get(key="healing")
    record = make_partnership(lead=people.office, purpose=term)
    page = f"/partnerships/{record.public_id}/"
    assert ("Sanación" in html(client.get(f"{page}?lang=es")), "Sanación" in html(client.get(page))) == (True, False)
    assert "En español: Sanación." in html(client.get("/words/lists/purpose/?lang=es"))
    change_word(url, label="Healing and repair")
    label_overrides.use_overrides(label_overrides.LabelOverrides())  # another process, which has read nothing
    client.get("/")
    assert "Sanación" in html(client.get(f"{page}?lang=es"))
    make_term("purpose", "other", label="Other", translations={"es": "Otro"})
    for typed in ("otro", "<b>"):
        answer = send_form(client, url, label_es=typed)
        assert (answer.status_code, 'id="id_label_es_error"' in html(answer)) == (422, True)
    change_word(url, label_es="")
    assert "Healing and repair" in html(client.get(f"{page}?lang=es"))
    assert [change.after.get("es") for change in Change.objects.filter(verb="reword").order_by("pk")] == [
        "Sanación", "Sanación", None,
    ]  # fmt: skip


def test_an_issue_area_has_a_name_in_spanish_too(client, administrator, change_word):
    """On Spanish pages and in search, in other processes from their next page on."""
    change_word("/vocabularies/partnerships/issuearea/add/", key="rent", name="Tenant power", name_es="Poder vecinal")
    area = IssueArea.objects.get(key="rent")
    url, page = f"/vocabularies/partnerships/issuearea/{area.pk}/change/", "/issue-areas/"
    assert "Poder vecinal" in html(client.get(f"{page}?lang=es"))
    assert "Tenant power" in html(client.get(page))
    assert "Tenant power" in html(client.get("/search/?q=vecinal"))
    change_word(url, name="Power of tenants")
    label_overrides.use_overrides(label_overrides.LabelOverrides())  # another process, which has read nothing
    client.get("/")
    assert "Poder vecinal" in html(client.get(f"{page}?lang=es"))
    version = IssueArea.objects.get(key="rent").version
    change_word(url)  # as it is
    assert IssueArea.objects.get(key="rent").version == version
    unfit = {
        "x" * 81: "Ensure this value has at most 80 characters (it has 81).",
        "two\x07bells": "We can’t save character 4 (U+0007). Delete it and type the text again.",
    }
    for typed, words in unfit.items():
        answer = html(send_form(client, url, name_es=typed))
        assert re.findall('class="errorlist"[^>]*><li>([^<]*)', answer) == [words]
    change_word(url, name_es="")
    assert "Power of tenants" in html(client.get(f"{page}?lang=es"))
    changed = Change.objects.filter(record_type="issuearea", record_id=area.pk).order_by("pk")
    assert [change.after.get("translations") for change in changed] == [{"es": "Poder vecinal"}, None, {}]


def test_a_term_says_how_many_records_use_it_before_it_is_retired(client, people, administrator):
    tribal = make_term("community", "tribal")
    record = make_partnership(lead=people.office, communities=[tribal])
    make_organization("Drum circle", communities=[tribal], kind=make_term("organization_kind", "cultural"))
    listed = html(client.get("/words/lists/purpose/"))
    assert "1 record." in listed
    assert f"{record.purpose.label}" in listed
    assert "1 record uses it." in html(client.get(f"/words/lists/purpose/{record.purpose.key}/"))
    assert [one.number for one in overrides.terms_of("organization_kind") if one.key == "cultural"] == [1]
    assert [one.number for one in overrides.terms_of("community") if one.key == "tribal"] == [2]


def test_a_record_keeps_a_retired_term_through_an_edit_and_no_other_can_choose_it(client, people, administrator):
    elders, youth = make_term("community", "elders"), make_term("community", "youth")
    record = make_partnership(lead=people.office, communities=[elders, youth], origin=make_term("origin", "petition"))
    other = make_partnership("Another", lead=people.office, purpose=make_term("purpose", "training"))
    group = make_organization(
        "Elders circle",
        kept_by=people.office,
        listing_source="https://example.org/list",
        languages=[make_term("language", "dakota")],
        kind=make_term("organization_kind", "cultural"),
        contacts=[{"name": "Ana", "role": make_term("contact_role", "chair")}],
    )
    before = record.purpose.key
    Term.objects.exclude(key__in=("youth", "training")).update(is_retired=True)
    assert send_form(client, f"/partnerships/{record.public_id}/edit/", title="New title").status_code == 302
    record = type(record).objects.get(pk=record.pk)
    assert (record.title, record.purpose.key, record.origin.key) == ("New title", before, "petition")
    assert {one.key for one in record.communities.all()} == {"elders", "youth"}
    answer = send_form(client, f"/organizations/{group.public_id}/edit/", name="Circle of elders")
    assert answer.status_code == 302, html(answer)
    group = type(group).objects.get(pk=group.pk)
    assert (group.kind.key, [one.key for one in group.languages.all()]) == ("cultural", ["dakota"])
    assert (group.name, group.contacts.get().role.key) == ("Circle of elders", "chair")
    url = f"/partnerships/{other.public_id}/edit/"
    assert send_form(client, url, purpose=str(record.purpose_id)).status_code == 422
    assert send_form(client, url, communities=[str(elders.pk)]).status_code == 422


@pytest.mark.parametrize(
    ("vocabulary", "key", "page"),
    [
        ("kind", "contract", "/partnerships/{partnership}/edit/"),  # a drop-down list
        ("circle", "consulted", "/partnerships/{partnership}/edit/"),
        ("engagement", "1", "/partnerships/{partnership}/edit/"),
        ("role", "trainer", "/partnerships/{partnership}/edit/"),  # checkboxes
        ("status", "paused", "/partnerships/many/"),
        ("stage", "organizing", "/jurisdictions/{office}/edit/"),
        ("circle", "informed", "/partnerships/{partnership}/circles/expect/"),
    ],
)
def test_the_help_of_an_option_is_next_to_it_wherever_it_can_be_chosen(client, people, vocabulary, key, page):
    record = make_partnership(lead=people.office)
    make_organization("Choosers", kept_by=people.office)
    client.force_login(people.editor)
    page = page.format(partnership=record.public_id, office=people.office.public_id)
    words = "What staff say of it."
    assert words not in html(client.get(page))
    overrides.override_label(by=people.administrator, vocabulary=vocabulary, key=key, label="", help=words, was="\n")
    assert words in html(client.get(page))
