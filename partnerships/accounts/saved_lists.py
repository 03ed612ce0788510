"""Saved lists of a person, or of an office in which the person is an editor: saving, renaming and removing."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from partnerships.accounts.models import Person, SavedList
from partnerships.accounts.rules import may_write_saved_list
from partnerships.core import clock
from partnerships.core.access import Author, jurisdictions_written_by, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory.models import Jurisdiction

MOST = 50  # per person, or per office
LONGEST = SavedList._meta.get_field("query").max_length or 0
TAKEN, STALE = "taken", "stale"


@transaction.atomic
def save_list(
    *, by: Person, office: Jurisdiction | None = None, name: str, key: str, query: str, replaces: bool = False
) -> SavedList:
    """Save the list with this key and the parameters `query` under a name, for `by` alone or for the people of their
    office.

    `replaces`: replace an existing list with this name. Raises NotAllowed, and ValidationError by field, with the code
    TAKEN when the name is taken.
    """
    require(office is None or office.pk in jurisdictions_written_by(by))
    owner = {"person": by} if office is None else {"jurisdiction": office}
    others = _locked_lists_of(**owner)
    made = SavedList(**owner, name=name, list=key, query=query, by=by, at=clock.now())
    _check(made)
    same = others.filter(name=made.name).first()
    if same and not replaces:
        raise _name_is_taken()
    if not same and others.count() >= MOST:
        words = gettext("There are %(number)s lists here, which is the limit. Remove one that you no longer need.")
        words = words % {"number": MOST}
        raise ValidationError(words, code="too_many")
    if same:
        made.pk, made._state.adding = same.pk, False
    made.save()
    return made


@transaction.atomic
def rename_list(*, by: Person, saved: SavedList, name: str, was: str) -> None:
    """Give a list another name.

    Raises NotAllowed, NotFound, and ValidationError when its name is no longer `was` or the new name is taken.
    """
    require(may_write_saved_list(by, saved))
    others, current = _lists_and_current(saved, was)
    current.name, current.by, current.at = name, by, clock.now()
    _check(current)
    if others.filter(name=current.name).exclude(pk=current.pk).exists():
        raise _name_is_taken()
    current.save()


@transaction.atomic
def remove_list(*, by: Author, saved: SavedList, was: str) -> None:
    """Remove a list. Raises NotAllowed, NotFound, and ValidationError when its name is no longer `was`."""
    require(may_write_saved_list(by, saved))
    _, current = _lists_and_current(saved, was)
    current.delete()


def _lists_and_current(saved: SavedList, was: str) -> tuple[QuerySet[SavedList], SavedList]:
    """The lists of its owner, locked, and this one as it is now."""
    others = _locked_lists_of(person=saved.person, jurisdiction=saved.jurisdiction)
    current = others.filter(pk=saved.pk).first()
    if current is None:
        raise NotFound
    if current.name != was:
        words = gettext("Someone renamed it “%(name)s” in the meantime. We didn’t change anything.")
        words = words % {"name": current.name}
        raise ValidationError(words, code=STALE)
    return others, current


def _locked_lists_of(*, person: Person | None = None, jurisdiction: Jurisdiction | None = None) -> QuerySet[SavedList]:
    """The lists of this owner, under a lock, so that they are counted and named one at a time."""
    if person:
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    else:
        assert jurisdiction is not None  # a list has either
        Jurisdiction.objects.select_for_update(no_key=True).get(pk=jurisdiction.pk)
    return SavedList.objects.filter(person=person, jurisdiction=jurisdiction)


def _check(saved: SavedList) -> None:
    saved.full_clean(validate_unique=False, validate_constraints=False)
    if len(saved.query) > LONGEST:
        words = gettext("This list has too many filters to save. Remove some first.")
        raise ValidationError(words, code="too_long")


def _name_is_taken() -> ValidationError:
    words = gettext("A list with this name already exists. Choose a different name, or replace that list.")
    return ValidationError({"name": ValidationError(words, code=TAKEN)})
