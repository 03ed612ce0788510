"""Texts that are stored with their values, and shown in the language of their reader."""

import json
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import translation

from partnerships.core.stored_texts import (
    StoredText,
    all_shown,
    all_stored,
    as_stored,
    from_stored,
    shown,
    stored_words,
)

ENTER = "A new record needs this. Enter “%(label)s”."


def test_it_is_stored_in_english_and_shown_in_the_language_of_its_reader():
    with translation.override("es"):
        words = StoredText(ENTER, label=StoredText("Name"))
    assert words == "Una ficha nueva lo necesita. Escriba “Nombre”."
    stored = json.loads(json.dumps(as_stored(words)))
    assert stored == {"text": ENTER, "values": {"label": {"text": "Name", "values": {}}}}
    assert (shown(stored), from_stored(stored)) == ("A new record needs this. Enter “Name”.",) * 2


def test_what_people_wrote_is_not_translated():
    with translation.override("es"):
        assert shown(as_stored("Name")) == "Name"
        assert StoredText("Contact: %(name)s", name="100% Name") == "Contacto: 100% Name"
        assert shown(stored_words("Name")) == "Nombre"


def test_several_texts_are_one():
    stored = as_stored(StoredText.join([StoredText("Name"), "Ana"], ", "))
    with translation.override("es"):
        assert shown(stored) == "Nombre, Ana"


def test_an_error_keeps_the_values_of_its_message():
    error = ValidationError("%(number)d of %(label)s", params={"number": 3, "label": "x"})
    assert StoredText.of_error(error) == "3 of x"
    assert StoredText.of_error(ValidationError(["One.", "Two."])) == "One. Two."


def test_content_keeps_each_text_of_ours_for_readers_of_any_language():
    month = StoredText.of_day(date(2026, 3, 1), "F Y")
    content = {"rows": [{"label": StoredText("Name"), "value": "Name", "n": 3}], "month": month, "none": None}
    stored = json.loads(json.dumps(all_stored(content)))
    assert all_shown(stored) == content
    with translation.override("es"):
        assert all_shown(stored) == {
            "rows": [{"label": "Nombre", "value": "Name", "n": 3}],
            "month": "marzo de 2026",
            "none": None,
        }
