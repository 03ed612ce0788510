"""Lists kept under a name, by a person for herself or for an office that she writes for: saving, renaming, removing."""

from django.db import transaction

from partnerships.accounts.models import Person, SavedList
from partnerships.accounts.rules import may_write_saved_list
from partnerships.core import clock
from partnerships.core.access import jurisdictions_written_by, require
from partnerships.core.errors import Missing, ValidationError
from partnerships.directory.models import Jurisdiction

MOST = 50  # of one person, or of one office
LONGEST = SavedList._meta.get_field("query").max_length
TAKEN, STALE = "taken", "stale"


@transaction.atomic
def save_list(*, by, office=None, name: str, key: str, query: str, replaces=False) -> SavedList:
    """Keeps the list of this key with the parameters `query` under a name: for `by` alone, or for the people of her office.

    `replaces`: in the place of the one that has this name. Raises NotAllowed, and ValidationError by field; its code is TAKEN
    where the name is.
    """
    require(office is None or office.pk in jurisdictions_written_by(by))
    owner = {"person": by} if office is None else {"jurisdiction": office}
    others = _locked(**owner)
    made = SavedList(**owner, name=name, list=key, query=query, by=by, at=clock.now())
    _check(made)
    same = others.filter(name=made.name).first()
    if same and not replaces:
        raise _name_is_taken()
    if not same and others.count() >= MOST:
        words = f"There are {MOST} lists here, and more are too many. Remove one that is no longer needed."
        raise ValidationError(words, code="too_many")
    if same:
        made.pk, made._state.adding = same.pk, False
    made.save()
    return made


@transaction.atomic
def rename_list(*, by, saved: SavedList, name: str, was: str) -> None:
    """Gives a list another name. Raises NotAllowed, Missing, and ValidationError where it has another one than `was` by now, or
    the name is taken."""
    require(may_write_saved_list(by, saved))
    others, current = _current(saved, was)
    current.name, current.by, current.at = name, by, clock.now()
    _check(current)
    if others.filter(name=current.name).exclude(pk=current.pk).exists():
        raise _name_is_taken()
    current.save()


@transaction.atomic
def remove_list(*, by, saved: SavedList, was: str) -> None:
    """Raises NotAllowed, Missing, and ValidationError where the list has another name than `was` by now."""
    require(may_write_saved_list(by, saved))
    _current(saved, was)[1].delete()


def _current(saved, was):
    """The lists of its owner, locked, and this one as it stands now."""
    others = _locked(person=saved.person, jurisdiction=saved.jurisdiction)
    current = others.filter(pk=saved.pk).first()
    if current is None:
        raise Missing
    if current.name != was:
        words = f"Somebody gave it another name meanwhile: “{current.name}”. Nothing was changed."
        raise ValidationError(words, code=STALE)
    return others, current


def _locked(*, person=None, jurisdiction=None):
    """The lists of this owner, which are counted and named one at a time."""
    model, owner = (Person, person) if person else (Jurisdiction, jurisdiction)
    model.objects.select_for_update(no_key=True).get(pk=owner.pk)
    return SavedList.objects.filter(person=person, jurisdiction=jurisdiction)


def _check(saved):
    saved.full_clean(validate_unique=False, validate_constraints=False)
    if len(saved.query) > LONGEST:
        raise ValidationError("So many filters cannot be kept under a name. Take some away first.", code="too_long")


def _name_is_taken():
    words = "There is a list of this name already. Take another name, or put this list in its place."
    return ValidationError({"name": ValidationError(words, code=TAKEN)})
