"""The one edit view: a short form for a section of a record, and no other page that handles edit conflicts itself."""

import ast
from pathlib import Path

import pytest

from partnerships import web
from partnerships.core.access import SYSTEM
from partnerships.models import Partnership
from partnerships.registry import actions
from tests.factories import make_measure, make_organization, make_partnership, party
from tests.web.test_editing import fields_of

WEB = Path(web.__file__).parent
# Modules besides the edit views that may catch `EditConflict`: they change several records, or have no two texts to show.
OTHERS = {
    "by_link/statements.py": "words of a partner without an account, sent again after a look at the record",
    "measures/plan_import.py": "a table of outcomes, which is compared again",
    "office/webhooks.py": "settings without history: what was typed stays, and is sent again after a look",
    "organizations/merging.py": "two records, which are compared again",
    "organizations/merging_contacts.py": "two contacts of one record",
    "organizations/numbers.py": "a press that says that a number is right",
    "organizations/own.py": "a press that says that the record is right",
    "organizations/suggestions.py": "a suggestion, shown beside what is saved now",
    "frame/record_history.py": "an undo, whose plan is made again",
}


def test_only_the_edit_view_meets_an_edit_conflict():
    """A page module defines its forms, and leaves edit conflicts to `record_edit`."""
    found = {path.relative_to(WEB).as_posix(): _meets(ast.parse(path.read_text())) for path in WEB.rglob("*.py")}
    assert {name for name, what in found.items() if "conflicts" in what} == {"frame/record_edit.py"}
    assert {name for name, what in found.items() if "EditConflict" in what} == {
        "frame/record_edit.py",
        "frame/steps.py",
        *OTHERS,
    }


def _meets(tree) -> set[str]:
    imported = {
        alias.name.rpartition(".")[2]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    } | {(node.module or "").rpartition(".")[2] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    caught = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and node.type
        for name in ast.walk(node.type)
        if isinstance(name, ast.Name)
    }
    return (imported & {"conflicts"}) | (caught & {"EditConflict"})


@pytest.fixture
def contract(client, people):
    client.force_login(people.editor)
    parties = [party(people.office, "lead"), party(make_organization(), "contractor")]
    return make_partnership(
        kind="contract", lead=people.office, parties=parties, facts={"agreement": {"scope": "Advice"}}
    )


@pytest.fixture
def url(contract):
    return f"/partnerships/{contract.public_id}/agreed/"


pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.section_urls")]


def test_a_section_shows_its_own_fields_alone_and_changes_nothing_else(client, contract, url):
    page = client.get(url)
    names = {name for name in fields_of(page) if not name.startswith("agreement-")}
    assert names <= {"common_agenda", "backbone_is_shared", "why", "version"}
    assert b"Who is at the table" not in page.content
    before = actions.snapshot(Partnership.objects.get(pk=contract.pk))
    sent = fields_of(page) | {"common_agenda": "Homes for all", "agreement-scope": "Advice and repair"}
    assert client.post(url, sent).status_code == 302
    after = actions.snapshot(Partnership.objects.get(pk=contract.pk))
    assert {key for key in after if before[key] != after[key]} == {"common_agenda", "agreement"}


def test_a_change_of_the_rest_causes_no_conflict(client, contract, url):
    sent = fields_of(client.get(url)) | {"common_agenda": "Homes for all"}
    actions.save_partnership(partnership=contract, by=SYSTEM, fields={"title": "Another title"})
    assert client.post(url, sent).status_code == 302
    contract.refresh_from_db()
    assert (contract.title, contract.common_agenda) == ("Another title", "Homes for all")


def test_both_texts_are_shown_where_both_changed_the_section(client, contract, url):
    sent = fields_of(client.get(url)) | {"common_agenda": "Homes for all", "agreement-scope": "Repair"}
    facts = {"agreement": {"scope": "Training"}}
    actions.save_partnership(partnership=contract, by=SYSTEM, fields={"title": "Another title"}, facts=facts)
    page = client.post(url, sent)
    assert page.status_code == 409
    assert [clash["name"] for clash in page.context["conflict"].clashes] == ["choose-agreement"]
    assert client.post(url, fields_of(page) | {"choose-agreement": "theirs"}).status_code == 302
    contract.refresh_from_db()
    assert (contract.title, contract.common_agenda) == ("Another title", "Homes for all")
    assert contract.agreement.scope == "Training"


def test_what_is_typed_in_a_section_is_kept_and_drawn_again(client, url):
    sent = fields_of(client.get(url)) | {"common_agenda": "Homes for"}
    assert client.post(url, sent | {"draft": "keep"}).status_code == 200
    assert b"Homes for" in client.post(url, {"draft": "go_on"}).content


def test_a_section_is_refused_to_people_who_may_not_edit_the_record(client, people, url):
    client.force_login(people.stranger)
    assert client.get(url).status_code in (403, 404)


def test_a_form_without_any_field_is_refused_like_any_other(client, people, contract):
    """Also by the pages of forms that have their own view."""
    client.force_login(people.editor)
    measure = make_measure(partnership=contract)
    edit, meeting = (f"/partnerships/{contract.public_id}/{page}/" for page in ("edit", "meetings/new"))
    for url in (edit, meeting, "/rounds/new/"):
        assert (url, client.post(url).status_code) == (url, 422)
    assert client.post(f"/measures/{measure.public_id}/data/").status_code == 302  # no number was changed
