"""Likely duplicates in a form: shown once before it's saved. The sender can confirm that the record is a different one."""

from django.utils.translation import gettext_lazy as _

from partnerships.directory.duplicates import similar_organizations
from partnerships.directory.matching import Known, domains_of, names_of_line, numbers_of, phones_of

GO_ON, SEEN = "not_a_duplicate", "seen_alike"
WORDS = ((90, _("Very likely the same")), (81, _("Likely the same")), (0, _("Possibly the same")))


def known_of(values, contacts=(), identifiers=()) -> Known:
    """What a form says about a record, from its cleaned values and the forms of its contacts and identifiers."""
    return Known(
        values["name"],
        other_names=names_of_line(values.get("other_names", "")),
        website=values.get("website", ""),
        identifiers=numbers_of(identifiers),
        mail_domains=domains_of(contacts),
        phones=phones_of(contacts),
        address=values.get("address", ""),
        places=tuple((place.path, place.name) for place in values.get("area", ())),
    )


def of_proposal(request, form) -> list:
    """Organizations that a proposal from the public may duplicate. Compares names only, and returns only likely ones."""
    if request.method != "POST" or not form.is_valid() or is_needless(request):
        return []
    return to_show(request, similar_organizations(request.user, Known(form.cleaned_data["name"]), strict=True))


def of_proposed(person, name, website) -> list:
    """Organizations that may be the same as a proposed one, among those that the reviewer may see."""
    return similar_organizations(person, Known(name, website=website))


def is_needless(request) -> bool:
    """Whether the sender, such as a program, confirmed without having been shown a duplicate.

    The confirmation isn't stored then.
    """
    return GO_ON in request.POST and SEEN not in request.POST


def to_show(request, found) -> list:
    """The possible duplicates to show before saving. Empty if the sender was shown each of them and confirmed."""
    seen = set(request.POST.getlist(SEEN))
    return [] if GO_ON in request.POST and all(one.record.public_id in seen for one in found) else found


def confirmed_distinct(request, found) -> list:
    """The records that the sender was shown and that the new record is distinct from."""
    seen = set(request.POST.getlist(SEEN))
    return [one.record for one in found if one.record.public_id in seen]


def rows_of(found) -> list[dict]:
    return [
        {
            "record": one.record,
            "url": one.record.get_absolute_url(),
            "score": one.score,
            "words": next(words for least, words in WORDS if one.score >= least),
            "reasons": one.reasons,
        }
        for one in found
    ]
