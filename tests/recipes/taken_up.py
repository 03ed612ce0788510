"""What picks up a new field by itself. Runs in the copy with the recipe (tests/test_recipes.py), not among other tests."""

import csv

import pytest

from partnerships.core import record_types
from partnerships.directory.actions import save_organization
from partnerships.directory.merge_fields import differences
from partnerships.models import Change, Membership, Organization, Partnership
from partnerships.notifications import following
from partnerships.notifications.news import describe_changes
from partnerships.records import undoing
from partnerships.registry.actions import save_partnership
from tests.api.programs import Program
from tests.factories import make_organization, make_partnership
from tests.importing.files import as_csv, bring, problems, write
from tests.partnership_pages import whole_page

pytestmark = pytest.mark.django_db
# Kind of record → its new text, its new choice, and the path of its pages.
NEW = {"partnership": ("theme", "pace", "partnerships"), "organization": ("motto", "tempo", "organizations")}
WORDS, WORD = "Lanterns over the harbor", "All at once"


@pytest.fixture(params=NEW)
def kind(request):
    return record_types.get(request.param)


@pytest.fixture
def saved(people, kind):
    """A public record before the two fields were filled in, and the change that filled them in."""
    if kind.model is Partnership:
        record, save = make_partnership(lead=people.office), save_partnership
    else:
        record, save = make_organization("Riders", "profiled", kept_by=people.office), save_organization
    following.follow(by=people.stranger, record=record)
    text, choice, _ = NEW[kind.key]
    record = save(**{kind.key: record}, by=people.editor, fields={text: WORDS, choice: "fast"})
    return record, Change.objects.filter(record_type=kind.key, record_id=record.pk).first()


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return b"".join(answer).decode() if answer.streaming else answer.content.decode()


def test_the_form_asks_for_it(client, people, kind, saved):
    client.force_login(people.editor)
    html = page(client, f"/{NEW[kind.key][2]}/{saved[0].public_id}/edit/")
    assert WORDS in html
    assert "In one sentence." in html
    assert WORD in html


def test_the_page_and_its_history_show_it(client, people, kind, saved):
    client.force_login(people.editor)
    address = f"/{NEW[kind.key][2]}/{saved[0].public_id}/"
    shown = whole_page(client, saved[0]) if kind.key == "partnership" else page(client, address)
    assert {WORDS in shown, WORD in shown} == {True}
    assert {WORDS in page(client, f"{address}history/"), WORD in page(client, f"{address}history/")} == {True}


def test_it_is_undone(people, kind, saved):
    record, change = saved
    assert {*NEW[kind.key][:2]} <= {*undoing.plan_for(people.editor, record, change).wanted}


def test_followers_get_news_of_it(people, kind, saved):
    (news,) = describe_changes(people.stranger, [saved[1]])
    assert news.lines == (f"Changed: {', '.join(sorted(NEW[kind.key][:2], reverse=kind.model is Partnership))}.",)


def test_a_list_that_is_downloaded_has_columns_of_it(client, kind, saved):
    lines = page(client, f"/{NEW[kind.key][2]}.csv").removeprefix("\ufeff").splitlines()
    (row,) = [row for row in csv.DictReader(lines) if row["id"] == saved[0].public_id]
    assert [row[name] for name in NEW[kind.key][:2]] == [WORDS, "fast"]


def test_the_api_has_it_and_says_what_it_is(client, kind, saved):
    text, choice, path = NEW[kind.key]
    document = client.get(f"/api/v1/{path}/{saved[0].public_id}/").json()
    assert (document[text], document[choice]) == (WORDS, "fast")
    assert f"{text.capitalize()} of it, in words." in page(client, "/api/v1/openapi.yaml")


def test_a_program_changes_it(people, kind, saved):
    text, choice, path = NEW[kind.key]
    program, address = Program(people.editor), f"{path}/{saved[0].public_id}/"
    answer = program.change(address, {text: "Boats", choice: "slow"})
    assert answer.status_code == 200, answer.content
    document = program.get(address).json()
    assert (document[text], document[choice]) == ("Boats", "slow")
    now = kind.model.objects.get(pk=saved[0].pk)
    assert (getattr(now, text), getattr(now, choice)) == ("Boats", "slow")


def test_its_own_people_find_it_under_its_heading(client, people):
    record = make_organization("Riders", "profiled", motto=WORDS, tempo="fast")
    Membership.objects.create(person=people.stranger, organization=record, role="editor")
    client.force_login(people.stranger)
    address = f"/organizations/{record.public_id}/mine/"
    _, after = page(client, address).split('id="part-reach"')
    section, rest = after.split("</section>", 1)
    assert WORDS in section
    assert WORD in section
    assert WORDS not in rest
    assert WORDS in page(client, f"{address}reach/")
    assert WORDS not in page(client, f"{address}work/")


def test_search_finds_a_record_by_it(client, kind, saved):
    assert saved[0].public_id in page(client, f"/{NEW[kind.key][2]}/?q=lanterns")


def test_an_import_sets_it(people, kind, saved):
    text, choice, path = NEW[kind.key]
    rows = [["Id", text.capitalize(), choice.capitalize()], [saved[0].public_id, "Boats", "Step by step"]]
    file_import = bring(people.editor, people.office, as_csv(*rows), kind=path)
    assert problems(file_import) == []
    write(people.editor, file_import)
    now = kind.model.objects.get(pk=saved[0].pk)
    assert (getattr(now, text), getattr(now, choice)) == ("Boats", "slow")


def test_a_merge_asks_for_it(people):
    first, other = make_organization("One", motto="Boats"), make_organization("Two", motto="Cars", tempo="slow")
    assert {"motto", "tempo"} <= {one.name for one in differences(first, other)}
    assert Organization.objects.count() > 1
