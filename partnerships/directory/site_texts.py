"""The pages about the site: contact, privacy, accessibility, terms and data license.

Each has a text of the registry's own, in templates/public/texts, until an administrator writes another.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.core.access import Author, Viewer, account_of, is_administrator, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.models import Change
from partnerships.directory.models import SiteText

PAGES = {
    "contact": _("Contact"),
    "privacy": _("Privacy"),
    "accessibility": _("Accessibility"),
    "terms": _("Terms of use"),
    "data-license": _("Data license"),
}
"""Key, which is also its path, → title."""
STALE = "stale"


def may_write_site_texts(person: Viewer) -> bool:
    return is_administrator(person)


def site_text(key: str) -> SiteText:
    """The text of this page; an unsaved one, which is empty, if no one has written one. Raises NotFound."""
    if key not in PAGES:
        raise NotFound
    return SiteText.objects.filter(key=key).first() or SiteText(key=key)


def fingerprint(row: SiteText) -> str:
    """Identifies a version of the text, for the check for edit conflicts."""
    return row.at.isoformat() if row.pk else ""


@transaction.atomic
def save_site_text(*, by: Author, key: str, text: str, was: str) -> None:
    """Write the text of a page. An empty one restores the registry's own text.

    `was`: the `fingerprint` of the text that the person saw. Raises NotAllowed, NotFound, and ValidationError by field,
    with the code STALE for an edit conflict.
    """
    require(may_write_site_texts(by))
    row = SiteText.objects.select_for_update(no_key=True).filter(key=key).first() or site_text(key)
    if fingerprint(row) != was:
        raise _edit_conflict()
    before, row.text, row.by, row.at = row.text, text.strip(), account_of(by), clock.now()
    if row.text == before:
        return
    if row.text:
        _store(row)
    else:
        row.delete()
    snapshots = [{"what": key, "text": one} for one in (before, row.text)]
    Change.objects.create(
        at=clock.now(),
        by=account_of(by),
        verb="reword",
        record_type="sitetext",
        record_id=0,
        before=snapshots[0],
        after=snapshots[1],
    )


def _store(row: SiteText) -> None:
    """Save the row. Without an existing row to lock, another person may have written the same text first."""
    row.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise _edit_conflict() from None


def _edit_conflict() -> ValidationError:
    return ValidationError(
        gettext("Someone else changed this text in the meantime. Compare and save again."), code=STALE
    )
