"""Histories and undo in the language of the reader: what is stored is English, or keys."""

import pytest
from django.urls import reverse
from django.utils import translation

from partnerships.core import record_types
from partnerships.core.models import Change
from partnerships.registry.actions import save_partnership
from partnerships.web import urls
from partnerships.web.frame.history import VERBS, why_in_words
from tests.factories import make_issue_area, make_partnership, party
from tests.web.test_translated_pages import check_both

pytestmark = pytest.mark.django_db
# Fields of every record that no history shows, and names that are the same in both languages.
NOT_SHOWN = {
    "id",
    "public_id",
    "stamp",
    "version",
    "public_version",
    "created_at",
    "updated_at",
    "revision",
    "deleted_at",
}
SAME = {"Agenda", "ID"}


def test_every_field_of_a_history_has_a_name_in_spanish():
    pages = {pattern.name for pattern in urls.urlpatterns}
    names = {
        record_type.name_of(field.name)
        for record_type in record_types.all_types()
        if f"{record_type.key}_history" in pages
        for field in record_type.model._meta.concrete_fields
        if field.name not in NOT_SHOWN and field.name in (record_type.history_fields or {field.name})
    }
    with translation.override("es"):
        left = {name for name in names if translation.gettext(name) == name}
        assert [words for words in VERBS.values() if translation.gettext(words) == words] == []
    assert left - SAME == set()


def test_a_history_and_its_undo_are_in_the_language_of_the_reader(client, people):
    area = make_issue_area("arts", "Arts and culture")
    record = make_partnership("Homes", lead=people.office, parties=[party(people.office, "lead")])
    change = {"summary": "Rent help", "issue_areas": [area], "status": "active", "starts_on": "2026-01-31"}
    save_partnership(partnership=record, by=people.editor, version=record.version, fields=change, why="It began.")
    client.force_login(people.editor)
    same = {"Homes", "Rent help", str(people.office), people.editor.name, f": {people.office}", "Learning"}
    same |= {f"{people.office}; {record.public_id}", record.public_id}
    check_both(client, reverse("partnership_history", args=[record.public_id]), same=same)
    pk = Change.objects.filter(record_type="partnership", verb="update").latest("pk").pk
    undo = reverse("partnership_undo", args=[record.public_id, pk])
    check_both(client, undo, same=same)
    page = client.get(f"{reverse('partnership_history', args=[record.public_id])}?lang=es").content.decode()
    for words in (
        f"{people.editor.name} cambió esta ficha",
        "31 de enero de 2026",
        "Por qué: It began.",
        "Arte y cultura",
    ):
        assert words in page
    assert client.get(undo + "?lang=es").context["comes_back"]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Undo of the change on March 4, 2026", "Se deshizo el cambio del 4 de marzo de 2026"),
        ("Undo of the change on March 4, 2026: A mistake", "Se deshizo el cambio del 4 de marzo de 2026: A mistake"),
        ("Import of list.csv", "Importación de list.csv"),
        ("Undid the import of list.csv", "Se deshizo la importación de list.csv"),
        ("The account was erased.", "La cuenta se borró."),
        ("Claim 7 was approved.", "La solicitud 7 se aprobó."),
        ("Claim 7 was revoked.", "La solicitud 7 se revocó."),
        ("Name", "Name"),
    ],
)
def test_reasons_that_we_wrote_are_translated_and_those_of_people_stay(stored, shown):
    assert why_in_words(stored) == stored
    with translation.override("es"):
        assert why_in_words(stored) == shown
