"""Saved lists: who finds them, who changes them, and what they open."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from partnerships.accounts.saved_lists import MOST, remove_list, rename_list, save_list
from partnerships.core.errors import NotAllowed, NotFound
from partnerships.models import Membership, Person, SavedList
from partnerships.records import privacy
from tests.factories import make_partnership
from tests.snapshots import snapshot_of
from tests.world import World

pytestmark = pytest.mark.django_db
NEW = "/lists/new/partnerships/?kind=joint_project&utm_source=x&ordering=title&cursor=&status="


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def page_text(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def keep_list(by, name="Contracts", **more):
    return save_list(by=by, name=name, key="partnerships", query="kind=joint_project", **more)


def fold(page):
    """Return what the menu of the page offers from “Save this list” on."""
    return " ".join(page.partition(">Save this list<")[2].partition("</details>")[0].split())


def test_a_list_is_saved_as_it_is_and_opens_so(people):
    client = client_of(people.editor)
    make_partnership("Street lamps")
    make_partnership("Quiet streets", kind="contract", lead=people.office, published=False)
    assert '"/lists/new/partnerships/?kind=joint_project&amp;ordering=title"' in page_text(
        client, "/partnerships/?ordering=title&kind=joint_project"
    )
    answer = client.post(NEW, {"name": "  Contracts  ", "owner": "me"}, follow=True)
    assert answer.redirect_chain == [("/partnerships/?kind=joint_project&ordering=title", 302)]
    page = answer.content.decode()
    assert "We saved this list as “Contracts”." in page
    assert ("Street lamps" in page, "Quiet streets" in page) == (True, False)
    here = '<a href="/partnerships/?kind=joint_project&amp;ordering=title" aria-current="page"> Contracts </a>'
    assert here in fold(page)
    saved = SavedList.objects.get()
    assert (saved.person, saved.jurisdiction, saved.query) == (people.editor, None, "kind=joint_project&ordering=title")


def test_columns_words_and_several_values_are_kept(people):
    client = client_of(people.editor)
    asked = "kind=joint_project&kind=training&q=street+%26+lamp&columns=title&columns=lead"
    client.post(f"/lists/new/partnerships/?{asked}", {"name": "Lamps", "owner": "me"})
    assert (
        SavedList.objects.get().query == "columns=title&columns=lead&kind=joint_project&kind=training&q=street+%26+lamp"
    )


@pytest.mark.parametrize(
    "path", ["/organizations/", "/jurisdictions/", "/departments/", "/meetings/", "/actions/", "/rounds/"]
)
def test_every_list_can_be_saved_and_shows_its_own_alone(people, path):
    client = client_of(people.editor)
    keep_list(people.editor, "Elsewhere")
    answer = client.post(f"/lists/new{path}", {"name": "Of this page", "owner": "me"}, follow=True)
    assert answer.redirect_chain == [(path, 302)]
    shown = fold(answer.content.decode())
    assert ("Of this page" in shown, "Elsewhere" in shown) == (True, False)
    assert {"Of this page", "Elsewhere"} <= set(page_text(client, "/account/lists/").replace("<", ">").split(">"))


def test_an_offices_list_is_for_its_people_alone(people):
    manager = people.manager
    Membership.objects.create(person=manager, jurisdiction=people.office, role="manager")
    keep_list(people.editor, "Ours", office=people.office)
    keep_list(people.editor, "Mine")
    for person in (people.editor, people.reader, manager, people.other_editor, people.administrator, people.stranger):
        page = page_text(client_of(person), "/partnerships/")
        is_of_office = person in (people.editor, people.reader, manager)
        assert ("Ours" in page, "Mine" in page) == (is_of_office, person == people.editor)
    assert "Saved lists" not in page_text(Client(), "/partnerships/")
    people.reader.memberships.all().delete()
    assert "Ours" not in page_text(client_of(people.reader), "/partnerships/") + page_text(
        client_of(people.reader), "/account/lists/"
    )


def test_the_form_offers_the_offices_that_one_writes_for_and_takes_no_other(people):
    page = page_text(client_of(people.editor), NEW)
    assert ("Everyone at City of Minneapolis" in page, "City of Seattle" in page) == (True, False)
    for person in (people.reader, people.partner, people.stranger, people.administrator):
        client = client_of(person)
        assert "Everyone at" not in page_text(client, NEW)
        client.post(NEW, {"name": "Planted", "owner": people.office.public_id})
    answer = client_of(people.editor).post(NEW, {"name": "Planted there", "owner": people.other_office.public_id})
    assert answer.status_code == 422
    assert not SavedList.objects.exclude(jurisdiction=None).exists()
    for person in (people.reader, people.other_editor, people.administrator):
        with pytest.raises(NotAllowed):
            keep_list(Person.objects.get(pk=person.pk), office=people.office)


def test_a_name_is_used_once_an_owner_and_can_be_put_in_the_place_of_the_other(people):
    client = client_of(people.editor)
    first, others = keep_list(people.editor), [keep_list(people.reader), keep_list(people.editor, office=people.office)]
    answer = client.post("/lists/new/organizations/?side=community", {"name": "Contracts", "owner": "me"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A list with this name already exists." in page
    assert 'name="replaces"' in page
    assert 'value="Contracts"' in page
    again = client.post(
        "/lists/new/organizations/?side=community", {"name": "Contracts", "owner": "me", "replaces": "on"}
    )
    assert again.url == "/organizations/?side=community"
    first.refresh_from_db()
    assert (first.list, first.query) == ("organizations", "side=community")
    assert [SavedList.objects.get(pk=other.pk).query for other in others] == [
        "kind=joint_project",
        "kind=joint_project",
    ]
    assert SavedList.objects.count() == 3


def test_to_replace_what_is_not_there_saves_it(people):
    client_of(people.editor).post(NEW, {"name": "New", "owner": "me", "replaces": "on"})
    assert SavedList.objects.get().name == "New"


def test_fifty_lists_are_enough_for_one_owner(people):
    for n in range(MOST):
        keep_list(people.editor, f"List {n}")
    answer = client_of(people.editor).post(NEW, {"name": "One more", "owner": "me"})
    assert answer.status_code == 422
    assert "There are 50 lists here" in answer.content.decode()
    keep_list(people.editor, "For the office", office=people.office)
    keep_list(people.editor, "List 7", replaces=True)
    assert SavedList.objects.count() == MOST + 1


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"name": ""}, "Enter a value."),
        ({"name": "x" * 81}, "This is too long: 81 characters. The limit is 80."),
        ({"name": "a\x00b"}, "This has a character that we can’t save."),
        ({"name": "Trainings", "owner": "you"}, "Choose one of the options."),
    ],
)
def test_wrong_input_is_shown_with_an_error(people, sent, error):
    answer = client_of(people.editor).post(NEW, {"owner": "me"} | sent)
    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert not SavedList.objects.exists()


def test_too_many_filters_are_refused_in_words(people):
    asked = "&".join(f"columns={name}" for name in ["title"] * 160)
    answer = client_of(people.editor).post(f"/lists/new/partnerships/?{asked}", {"name": "Long", "owner": "me"})
    assert answer.status_code == 422
    assert "This list has too many filters to save." in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("partnerships/?kidn=x", 400),
        ("partnerships/?columns=titel", 400),
        ("partnerships/?ordering=size", 400),
        ("rounds/?show=x", 400),
        ("rounds/?columns=title", 400),
        ("nothing/", 404),
        ("outbox/", 404),
    ],
)
def test_what_its_page_refuses_cannot_be_saved(people, path, status):
    client = client_of(people.editor)
    assert client.get(f"/lists/new/{path}").status_code == status
    assert client.post(f"/lists/new/{path}", {"name": "Wrong", "owner": "me"}).status_code == status
    assert not SavedList.objects.exists()


def test_who_may_not_see_a_list_cannot_save_it(people):
    client = client_of(people.stranger)
    for path in ("actions", "rounds"):
        assert client.post(f"/lists/new/{path}/", {"name": "Wrong"}).status_code == 404
    assert not SavedList.objects.exists()


def test_only_lists_that_one_may_open_are_offered(people):
    for person in (people.editor, people.stranger, people.administrator):
        client = client_of(person)
        page = page_text(client, "/account/lists/").partition("To save one")[2]
        offered = [path for path in ("partnerships", "meetings", "actions", "rounds") if f'href="/{path}/"' in page]
        assert offered == [path for path in offered if client.get(f"/{path}/").status_code == 200]
        assert len(offered) == (2 if person == people.stranger else 4)


def test_what_a_list_no_longer_knows_is_shown_when_it_opens(people):
    SavedList.objects.filter(pk=keep_list(people.editor, "Old").pk).update(query="colour=red")
    page = page_text(client_of(people.editor), "/partnerships/?colour=red", 400)
    assert "“colour” isn’t a filter of this list." in page
    assert "/partnerships/?colour=red" in page_text(client_of(people.editor), "/account/lists/")


# Changing


@pytest.mark.parametrize("path", ["", "remove/"])
def test_only_editors_of_the_office_change_a_list(people, path):
    own, office = keep_list(people.editor, "Mine"), keep_list(people.editor, "Ours", office=people.office)
    found = {}
    for name in ("editor", "reader", "other_editor", "administrator", "stranger", "suspended"):
        client = client_of(getattr(people, name))
        found[name] = [client.get(f"/lists/{one.pk}/{path}").status_code for one in (own, office)]
        sent = {"name": "Kept from the saved version", "was": "Ours"}
        found[name] += [client.post(f"/lists/{office.pk}/{path}", sent).status_code] if name != "editor" else []
    nothing = [404, 404, 404]
    assert found == {
        "editor": [200, 200],
        "reader": [404, 403, 403],
        **dict.fromkeys(("other_editor", "administrator", "stranger", "suspended"), nothing),
    }
    assert sorted(SavedList.objects.values_list("name", flat=True)) == ["Mine", "Ours"]


def test_a_list_gets_another_name_and_goes(people):
    saved, client = keep_list(people.editor, "Mine"), client_of(people.editor)
    assert client.post(f"/lists/{saved.pk}/", {"name": "Better", "was": "Mine"}).url == "/account/lists/"
    saved.refresh_from_db()
    assert (saved.name, saved.query) == ("Better", "kind=joint_project")
    assert "Remove “Better”?" in page_text(client, f"/lists/{saved.pk}/remove/")
    assert client.post(f"/lists/{saved.pk}/remove/", {"was": "Better"}).url == "/account/lists/"
    assert not SavedList.objects.exists()
    assert client.get(f"/lists/{saved.pk}/").status_code == client.get(f"/lists/{10**19}/").status_code == 404


def test_a_name_that_is_taken_stays_with_its_list(people):
    saved, other = keep_list(people.editor, "Mine"), keep_list(people.editor, "Other")
    answer = client_of(people.editor).post(f"/lists/{saved.pk}/", {"name": "Other", "was": "Mine"})
    assert answer.status_code == 422
    assert "A list with this name already exists." in answer.content.decode()
    rename_list(by=people.editor, saved=saved, name="mine", was="Mine")
    assert [SavedList.objects.get(pk=row.pk).name for row in (saved, other)] == ["mine", "Other"]


@pytest.mark.parametrize("path", ["", "remove/"])
def test_who_saw_another_name_changes_nothing_and_reads_the_new_one(people, path):
    saved, client = keep_list(people.editor, "Ours", office=people.office), client_of(people.editor)
    rename_list(by=people.editor, saved=saved, name="Everyone's", was="Ours")
    answer = client.post(f"/lists/{saved.pk}/{path}", {"name": "Mine", "was": "Ours"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Someone renamed it “Everyone&#x27;s” in the meantime." in page
    assert '<input type="hidden" name="was" value="Everyone&#x27;s"' in page
    assert SavedList.objects.get().name == "Everyone's"


def test_a_list_that_someone_removed_is_missing(people):
    saved = keep_list(people.editor)
    remove_list(by=people.editor, saved=saved, was="Contracts")
    for act in (remove_list, lambda **rest: rename_list(name="New", **rest)):
        with pytest.raises(NotFound):
            act(by=people.editor, saved=saved, was="Contracts")


# Names chosen by people


def test_a_name_is_shown_as_it_is_written_and_never_run(people):
    client = client_of(people.editor)
    client.post(NEW, {"name": "<script>alert(1)</script>", "owner": "me"})
    for path in ("/partnerships/", "/account/lists/", f"/lists/{SavedList.objects.get().pk}/"):
        assert "<script>alert(1)" not in page_text(client, path)
        assert "&lt;script&gt;alert(1)" in page_text(client, path)


def test_the_copy_of_ones_data_holds_them_and_erasing_takes_them(people):
    keep_list(people.editor, "Kestrel of mine")
    keep_list(people.editor, "Kestrel of ours", office=people.office)
    keep_list(people.reader, "Kestrel of the reader")
    names = [row["name"] for row in privacy.own_data(people.editor)["saved_lists"]]
    assert names == ["Kestrel of mine", "Kestrel of ours"]
    people.editor.memberships.all().delete()
    again = Person.objects.get(pk=people.editor.pk)
    assert [row["name"] for row in privacy.own_data(again)["saved_lists"]] == ["Kestrel of mine"]
    privacy.erase_person(person=again, by=again)
    assert [(row.name, row.by) for row in SavedList.objects.order_by("name")] == [
        ("Kestrel of ours", None),
        ("Kestrel of the reader", people.reader),
    ]


def test_names_that_a_database_takes_as_equal_are_refused_with_an_error(people):
    keep_list(people.editor, "Résumé")
    with pytest.raises(ValidationError):
        keep_list(people.editor, "Re\u0301sume\u0301")


@pytest.mark.slow
def test_a_token_reads_no_saved_list(people):
    world = snapshot_of(World, people)
    page = world.client("read_token").get("/partnerships/").content.decode()
    assert "Our trainings" not in page
