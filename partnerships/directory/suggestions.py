"""Suggestions from the public about listings: made by anyone, decided field by field by those who keep the record."""

from django.db import transaction

from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import ValidationError
from partnerships.directory import hooks
from partnerships.directory.actions import save_organization
from partnerships.directory.choices import Listing, SuggestionKind, SuggestionState
from partnerships.directory.models import Organization, Suggestion
from partnerships.directory.rules import fields_shown, may_decide
from partnerships.mail import outbox
from partnerships.mail.choices import LetterKind

FIELDS = ("name", "website", "aims", "area_note")
MOST_OPEN = 20  # on one organization, or waiting for one office; more would bury the real ones


@transaction.atomic
def suggest(*, by, kind, organization=None, office=None, fields=None, words="", address="") -> Suggestion:
    """Keeps a suggestion of anyone, and writes to those who decide. `fields`: by name in FIELDS, what should stand there.

    Raises ValidationError: when it says nothing new, or too many wait already.
    """
    fields = _checked({name: value for name, value in (fields or {}).items() if value})
    shown = {"name", *fields_shown(by, [organization])[organization.pk]} if organization else ()
    before = {name: getattr(organization, name) for name in FIELDS if name in shown}
    wanted = {name: value for name, value in fields.items() if before.get(name, "") != value}
    if organization is not None:
        wanted = {name: value for name, value in wanted.items() if name in before}
    if kind == SuggestionKind.CLOSED:
        wanted = {"listing": Listing.UNLISTED.value}
        before = {"listing": organization.listing}
    if kind == SuggestionKind.CORRECT and not wanted and not words.strip():
        raise ValidationError("Nothing is different yet. Change a field, or say in your words what is wrong.")
    suggestion = Suggestion(
        kind=kind,
        organization=organization,
        office=None if organization else office,
        fields=wanted,
        before={name: before.get(name, "") for name in wanted},
        words=words,
        address=address.lower(),
        made_at=clock.now(),
        is_sample=bool(organization and organization.is_sample),
    )
    suggestion.full_clean()
    waiting = Suggestion.objects.filter(state=SuggestionState.OPEN, organization=organization, office=suggestion.office)
    if waiting.count() >= MOST_OPEN:
        raise ValidationError("Many suggestions about this wait already. Try again in a few days.", code="too_many")
    suggestion.save()
    _write_to(suggestion, LetterKind.SUGGESTION_MADE, hooks.deciders(suggestion))
    return suggestion


def _checked(fields) -> dict:
    """What is suggested, as the record would keep it. Raises ValidationError by field: nobody is asked to decide what could
    not stand there."""
    checked, wrong = {}, {}
    for name, value in fields.items():
        try:
            checked[name] = Organization._meta.get_field(name).clean(value, None)
        except ValidationError as problem:
            wrong[name] = problem
    if wrong:
        raise ValidationError(wrong)
    return checked


def _write_to(suggestion, kind, people):
    office = suggestion.organization.kept_by if suggestion.organization else suggestion.office
    outbox.plan(kind, f"suggestion-{suggestion.pk}", people, suggestion, lead=office)


@transaction.atomic
def decide(*, suggestion, by, take=(), reason="", version=None, apart_from=()) -> Suggestion:
    """Takes these fields of a suggestion into the record, leaves the others, and tells the sender (by mail, when they gave an
    address). `version`: of the organization as it was read; `apart_from`: organizations that a missing one is not.

    Raises NotAllowed, ValidationError (decided already; nothing taken and no reason), and Stale when a field is taken into a
    record that says something else by now.
    """
    suggestion = Suggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)
    require(may_decide(by, suggestion))
    if suggestion.state != SuggestionState.OPEN:
        raise ValidationError("Someone has decided this already. What came of it stands below.", code="decided")
    taken = {name: value for name, value in suggestion.fields.items() if name in take}
    only_words = not suggestion.fields
    if not taken and not only_words and not reason.strip():
        raise ValidationError({"reason": "Say in a few words why nothing was taken. The sender reads it."})
    if taken:
        _apply(suggestion, by, taken, version, apart_from)
    suggestion.decisions = {name: name in taken for name in suggestion.fields}
    whole = only_words or len(taken) == len(suggestion.fields)
    suggestion.state = (
        SuggestionState.ACCEPTED if whole else SuggestionState.PARTLY if taken else SuggestionState.DECLINED
    )
    suggestion.reason, suggestion.reviewed_by, suggestion.reviewed_at = reason, by, clock.now()
    suggestion.full_clean()
    suggestion.save()
    if suggestion.address:
        _write_to(suggestion, LetterKind.SUGGESTION_DECIDED, [suggestion])
    return suggestion


def _apply(suggestion, by, taken, version, apart_from):
    why = f"Suggested by the public (suggestion {suggestion.pk})"
    if suggestion.organization:
        save_organization(organization=suggestion.organization, by=by, fields=taken, why=why, version=version)
    else:
        fields = taken | {"kept_by": suggestion.office, "listing": Listing.UNLISTED}
        suggestion.organization = save_organization(by=by, fields=fields, why=why, apart_from=apart_from)
