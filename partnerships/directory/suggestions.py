"""Suggestions from the public about listings.

Anyone can make one; the people who keep the record decide field by field.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext

from partnerships.core import clock
from partnerships.core.access import Author, Person, require
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import get_model_field
from partnerships.directory import hooks
from partnerships.directory.actions import save_organization
from partnerships.directory.choices import Listing, SuggestionKind, SuggestionState
from partnerships.directory.models import Jurisdiction, Organization, Suggestion
from partnerships.directory.rules import fields_shown, may_decide
from partnerships.mail import outbox
from partnerships.mail.choices import EmailKind

FIELDS = ("name", "website", "aims", "area_note")
MOST_OPEN = 20  # for one organization, or waiting for one office: more would hide the useful ones


@transaction.atomic
def suggest(
    *,
    by: Author,
    kind: str,
    organization: Organization | None = None,
    office: Jurisdiction | None = None,
    fields: dict[str, str] | None = None,
    words: str = "",
    address: str = "",
    language: str = "en",
) -> Suggestion:
    """Save a suggestion from anyone and email the people who decide. `fields`: name in FIELDS → suggested value.
    `language`: in which we answer by email.

    Raises ValidationError when it says nothing new or when too many are waiting already.
    """
    fields = _checked_fields({name: value for name, value in (fields or {}).items() if value})
    shown = {"name", *fields_shown(by, [organization])[organization.pk]} if organization else ()
    before = {name: getattr(organization, name) for name in FIELDS if name in shown}
    wanted = {name: value for name, value in fields.items() if before.get(name, "") != value}
    if organization is not None:
        wanted = {name: value for name, value in wanted.items() if name in before}
    if kind == SuggestionKind.CLOSED and organization is not None:
        closed_on = organization.closed_on
        wanted = {"closed_on": clock.today().isoformat()}
        before = {"closed_on": closed_on.isoformat() if closed_on else ""}
    if kind == SuggestionKind.CORRECT and not wanted and not words.strip():
        raise ValidationError(
            gettext("Nothing is different yet. Change a field, or say in your own words what is wrong.")
        )
    suggestion = Suggestion(
        kind=kind,
        organization=organization,
        office=None if organization else office,
        fields=wanted,
        before={name: before.get(name, "") for name in wanted},
        words=words,
        address=address.lower(),
        language=language,
        made_at=clock.now(),
        is_sample=bool(organization and organization.is_sample),
    )
    suggestion.full_clean()
    waiting = Suggestion.objects.filter(state=SuggestionState.OPEN, organization=organization, office=suggestion.office)
    if waiting.count() >= MOST_OPEN:
        raise ValidationError(
            gettext("Many suggestions about this are already waiting. Try again in a few days."), code="too_many"
        )
    suggestion.save()
    _write_to(suggestion, EmailKind.SUGGESTION_MADE, hooks.deciders(suggestion))
    return suggestion


def _checked_fields(fields: dict[str, str]) -> dict:
    """The suggested values, cleaned as the record would store them.

    Raises ValidationError by field, so that no one is asked to decide about a value that can't be saved.
    """
    checked, wrong = {}, {}
    for name, value in fields.items():
        try:
            checked[name] = get_model_field(Organization, name).clean(value, None)
        except ValidationError as problem:
            wrong[name] = problem
    if wrong:
        raise ValidationError(wrong)
    return checked


def _write_to(suggestion: Suggestion, kind: str, people: Sequence[Person | Suggestion]) -> None:
    office = suggestion.organization.kept_by if suggestion.organization else suggestion.office
    outbox.plan(kind, f"suggestion-{suggestion.pk}", people, suggestion, lead=office)


@transaction.atomic
def decide(
    *,
    suggestion: Suggestion,
    by: Person,
    take: Collection[str] = (),
    reason: str = "",
    version: int | None = None,
    not_duplicates: Iterable[Organization] = (),
) -> Suggestion:
    """Accept these fields of a suggestion, decline the others, and email the sender if they gave an address.

    `version`: of the organization as the person saw it. `not_duplicates`: organizations that the proposed one doesn't
    duplicate. Raises NotAllowed, ValidationError (decided already; nothing accepted and no reason given), and EditConflict
    when a field is accepted into a record that has changed since.
    """
    suggestion = Suggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)
    require(may_decide(by, suggestion))
    if suggestion.state != SuggestionState.OPEN:
        raise ValidationError(gettext("Someone has already decided this. See the decision below."), code="decided")
    taken = {name: value for name, value in suggestion.fields.items() if name in take}
    only_words = not suggestion.fields
    if not taken and not only_words and not reason.strip():
        raise ValidationError(
            {"reason": gettext("Give a short reason why nothing was accepted. The sender will read it.")}
        )
    if taken:
        _apply_fields(suggestion, by, taken, version, not_duplicates, reason)
    suggestion.decisions = {name: name in taken for name in suggestion.fields}
    whole = only_words or len(taken) == len(suggestion.fields)
    suggestion.state = (
        SuggestionState.ACCEPTED if whole else SuggestionState.PARTLY if taken else SuggestionState.DECLINED
    )
    suggestion.reason, suggestion.reviewed_by, suggestion.reviewed_at = reason, by, clock.now()
    suggestion.full_clean()
    suggestion.save()
    if suggestion.address:
        _write_to(suggestion, EmailKind.SUGGESTION_DECIDED, [suggestion])
    return suggestion


def _apply_fields(
    suggestion: Suggestion,
    by: Author,
    taken: dict[str, str],
    version: int | None,
    not_duplicates: Iterable,
    reason: str,
) -> None:
    why = f"Suggested by the public (suggestion {suggestion.pk})"
    if suggestion.organization:
        organization = suggestion.organization
        fields = {name: get_model_field(Organization, name).to_python(value) for name, value in taken.items()}
        save_organization(organization=organization, by=by, fields=fields, why=why, version=version, reason=reason)
    else:
        fields = taken | {"kept_by": suggestion.office, "listing": Listing.UNLISTED}
        suggestion.organization = save_organization(
            by=by, fields=fields, why=why, not_duplicates=not_duplicates, distinct_because=reason
        )
