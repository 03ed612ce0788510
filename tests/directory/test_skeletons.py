"""Names that look the same are the same name, whatever their spelling; honest names differ and stay as they are."""

import pytest
from django.core.management import call_command

from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.directory import doctor
from partnerships.directory.actions import save_organization
from partnerships.directory.skeletons import look_the_same, skeletons
from partnerships.models import NameSkeleton, Organization
from tests import spellings
from tests.factories import make_department, make_jurisdiction, make_organization
from tests.real_names import REAL_NAMES


@pytest.mark.parametrize("name", spellings.NAMES)
def test_each_spelling_looks_the_same(name):
    found = spellings.spellings(name)
    assert len(found) == spellings.PER_NAME
    assert [what for what, spelling in found.items() if not look_the_same(name, spelling)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Local 6", "Local 8"),
        ("Ward 1 neighbors", "Ward 2 neighbors"),
        ("Friends of Elm", "Friends of Oak"),
        ("Воля", "Доля"),
        ("मजदूर संगठन", "किसान संगठन"),
    ],
)
def test_others_do_not(one, other):
    assert not look_the_same(one, other)


def test_a_name_in_capitals_of_its_own_alphabet_is_the_same():
    assert look_the_same("Воля народа", "ВОЛЯ НАРОДА")
    assert look_the_same("Νερό", "ΝΕΡΟ")


def test_a_name_without_letters_looks_like_no_other():
    assert skeletons("!!! ★") == frozenset()


def test_real_names_are_all_different():
    assert len(REAL_NAMES) == 300
    by_skeleton = {}
    for name in REAL_NAMES:
        for text in skeletons(name):
            by_skeleton.setdefault(text, set()).add(name)
    assert [names for names in by_skeleton.values() if len(names) > 1] == []


@pytest.mark.django_db
def test_real_names_are_saved_as_they_are():
    for name in REAL_NAMES[::10]:
        assert save_organization(by=SYSTEM, fields={"name": name}).name == name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("Brave\u200b women", "Brave women"),
        ("Brave\u2028women", "Brave women"),
        ("\u200fنساء شجاعات\u200e", "نساء شجاعات"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs the joiner
        ("क्\u200dष", "क्\u200dष"),  # so does Hindi
        ("We ❤\ufe0f Elm 👩\u200d🌾", "We ❤\ufe0f Elm 👩\u200d🌾"),
        ("Bra\u200dve", "Brave"),
    ],
)
def test_what_no_one_sees_is_left_out_unless_letters_need_it(typed, saved):
    assert save_organization(by=SYSTEM, fields={"name": typed}).name == saved


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["\u200b", "\u3164", "\u2028", "\u2060\ufeff"])
def test_a_name_of_nothing_else_is_missing(typed):
    with pytest.raises(ValidationError) as refused:
        save_organization(by=SYSTEM, fields={"name": typed})
    assert [*refused.value.message_dict] == ["name"]


@pytest.mark.django_db
def test_former_and_other_names_are_kept_and_stored_again_by_command():
    group = make_organization("Brave women", other_names="BW; The brave")
    save_organization(organization=group, by=SYSTEM, fields={"name": "Braver women"})
    make_department(make_jurisdiction(), "Housing")
    texts = set(NameSkeleton.objects.filter(organization=group).values_list("text", flat=True))
    assert texts == {text for name in ("Brave women", "BW", "The brave", "Braver women") for text in skeletons(name)}
    assert [*doctor.unknown_names()] == []
    NameSkeleton.objects.all().delete()
    assert len([*doctor.unknown_names()]) == 2
    call_command("name_skeletons")
    assert [*doctor.unknown_names()] == []
    assert NameSkeleton.objects.filter(organization=Organization.objects.get()).exists()
