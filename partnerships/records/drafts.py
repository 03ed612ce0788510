"""Unsaved form input: each person's own, one text per page, stored for 30 days.

The rows are called `Draft`; pages say “not saved yet”, since there a draft is an unpublished record.
"""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import orjson
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from partnerships.accounts.models import Person
from partnerships.core import clock, ids, record_types
from partnerships.core.access import Viewer, may_write_somewhere
from partnerships.core.errors import NotFound, ValidationError
from partnerships.measurement.rules import may_supply
from partnerships.records.models import Draft
from partnerships.reports.rules import definitions_visible_to, may_report_for

KEPT = timedelta(days=30)
MOST = 40  # per person
MOST_BYTES = 200_000  # of one text, as it is stored
LONGEST_PAGE = Draft._meta.get_field("page").max_length or 0
# Extra fields that a form sends for its draft: the window in which it was typed (a mark of the opened page), the one
# whose text it continues, and the title of the page.
WINDOW, CONTINUES, HEADING = "draft_hand", "draft_over", "draft_heading"
# Never stored: marks of the form itself, and anything that might be a secret.
_NOT_KEPT = re.compile(r"csrfmiddlewaretoken|form_key|draft|draft_over|draft_version|.*(password|secret|token|code)$")
OTHER, TOO_LARGE, TOO_MANY, STALE = "other", "too_large", "too_many", "stale"


@transaction.atomic
def save_draft(*, by: Person, page: str, fields: dict[str, list[str]]) -> Draft:
    """Store what a form would send for its page (a path of ours), replacing what the same window stored before.

    Raises ValidationError: OTHER if another text is stored for the page that this one doesn't continue, TOO_LARGE,
    TOO_MANY.
    """
    kept = _to_keep(fields)
    if len(orjson.dumps(kept)) > MOST_BYTES:
        words = gettext(
            "This is too long to keep as unsaved text. The limit is %(number)s kB. Save it, or copy the longest texts."
        )
        raise ValidationError(words % {"number": MOST_BYTES // 1000}, code=TOO_LARGE)
    # so that a person's texts are counted and written one at a time
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    mine = Draft.objects.filter(person=by)
    before = mine.filter(page=page).first()
    if before and not _continues(before, fields):
        raise ValidationError(gettext("We already keep other unsaved text of yours for this page."), code=OTHER)
    if not before and mine.count() >= MOST:
        words = gettext("You have %(number)s unsaved texts, which is the limit. Save or discard some of them.")
        raise ValidationError(words % {"number": MOST}, code=TOO_MANY)
    made = before or Draft(person=by, page=page)
    made.fields, made.at = kept, clock.now()
    made.save()
    return made


def _to_keep(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    """The fields to store. If the form had an edit conflict, the version that the person read is stored."""
    kept = {name: [text.replace("\0", "") for text in texts] for name, texts in fields.items() if _is_kept(name)}
    if fields.get("draft_version"):
        kept["version"] = fields["draft_version"]
    return kept


def _is_kept(name: str) -> bool:
    return not _NOT_KEPT.fullmatch(name) and not name.startswith("choose-") and "\0" not in name


def _continues(before: Draft, fields: dict[str, Any]) -> bool:
    window = before.fields.get(WINDOW)
    return window in (fields.get(WINDOW), fields.get(CONTINUES))


def draft_of(person: Person, page: str) -> Draft | None:
    """The person's unsaved input for this page."""
    since = clock.now() - KEPT
    return Draft.objects.filter(person=person, page=page, at__gt=since).first()


def drafts_of(person: Person) -> list[Draft]:
    """All unsaved input of the person, latest first. One query."""
    return list(Draft.objects.filter(person=person, at__gt=clock.now() - KEPT))


def draft(person: Person, pk: int) -> Draft:
    """One of the person's own drafts. Raises NotFound."""
    found = Draft.objects.filter(person_id=person.pk, pk=pk).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def delete_draft(*, by: Person, pk: int, was: str) -> None:
    """Delete one of the person's own drafts.

    Raises NotFound, and ValidationError if it was stored again after `was` (its moment).
    """
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    found = draft(by, pk)
    if found.at.isoformat() != was:
        words = gettext("You’ve typed more there in the meantime. Select the button again to confirm.")
        raise ValidationError(words, code=STALE)
    found.delete()


def delete_saved(*, by: Person, page: str) -> None:
    """Delete the draft of a form that was saved. Writes nothing if there is none."""
    kept = Draft.objects.filter(person=by, page=page).values_list("pk", flat=True).first()
    if kept:
        Draft.objects.filter(pk=kept).delete()


def delete_expired() -> int:
    """Delete drafts that weren't changed for 30 days."""
    return Draft.objects.filter(at__lte=clock.now() - KEPT).delete()[0]


def delete_drafts_of(public_ids: Iterable[str]) -> None:
    """Delete drafts of pages of these records, which were deleted."""
    gone = set(public_ids)
    pages = Draft.objects.values_list("pk", "page") if gone else ()
    Draft.objects.filter(pk__in=[pk for pk, page in pages if gone & set(page.split("/"))]).delete()


# Forms that more people fill in than those who may change the record: (first part of the path, the part after the id) →
# who may.
_OTHER_FORMS = {
    ("measures", "data"): may_supply,
    ("measures", "paste"): may_supply,
    ("partnerships", "reports"): lambda person, record: may_write_somewhere(person),
}
_PAGE = re.compile(rf"/(?P<kind>[a-z-]+)/(?P<id>{ids.SHAPE})/(?P<form>[a-z-]*)")


def is_open(person: Viewer, page: str) -> bool:
    """Whether the person may edit the record in this path, if there is one. A few queries.

    The form of an existing record has its content, so only people who may edit it may read the form.
    """
    named = _PAGE.match(page)
    if named is None:
        return True
    rows, may_write = _rights_of(named["kind"])
    may_write = _OTHER_FORMS.get((named["kind"], named["form"]), may_write)
    record = rows and rows(person).filter(public_id=named["id"].upper()).first()
    return bool(record and may_write and may_write(person, record))


def _rights_of(kind: str) -> tuple[Callable[[Viewer], QuerySet] | None, Callable[..., bool] | None]:
    """(the rows that a person may see, whether they may edit one) of the records under this first part of a path."""
    if kind == "reports":
        return definitions_visible_to, lambda person, record: may_report_for(person, record.owner)
    found = next((one for one in record_types.all_types() if one.addresses == kind), None)
    return (found.visible_to, found.may_write) if found else (None, None)


def texts_of(person: Person) -> list[dict]:
    """The drafts for a copy of the person's own data: where, when and what they typed.

    The content of an office's record isn't theirs to take when they may no longer edit it, so then only where and
    when.
    """
    return [
        {"page": one.page, "at": one.at, "fields": one.fields if is_open(person, one.page) else None}
        for one in drafts_of(person)
    ]
