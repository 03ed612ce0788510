"""Likely duplicates in a form: shown once before anything is kept; whoever says that it is another one goes on."""

from partnerships.directory.duplicates import similar_organizations
from partnerships.directory.matching import Known, domains_of, names_of_line, numbers_of, phones_of

GO_ON, SEEN = "not_a_duplicate", "seen_alike"
WORDS = ((90, "Very likely the same"), (81, "Likely the same"), (0, "Perhaps the same"))


def known_of(values, contacts=(), identifiers=()) -> Known:
    """What a form says of a record: its cleaned values, and the forms of its contacts and identifiers."""
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
    """Organizations that may be the one that somebody from outside proposes: by their names alone, and only likely ones."""
    if request.method != "POST" or not form.is_valid() or is_needless(request):
        return []
    return to_show(request, similar_organizations(request.user, Known(form.cleaned_data["name"]), strict=True))


def of_proposed(person, name, website) -> list:
    """What may be an organization that was proposed, among those that whoever decides may know of."""
    return similar_organizations(person, Known(name, website=website))


def is_needless(request) -> bool:
    """Whoever says that it is another one without having been shown any (a program) is not asked; nothing is kept of it."""
    return GO_ON in request.POST and SEEN not in request.POST


def to_show(request, found) -> list:
    """Those that stand between this form and its saving: all, unless the sender was shown each and says it is another one."""
    seen = set(request.POST.getlist(SEEN))
    return [] if GO_ON in request.POST and all(one.record.public_id in seen for one in found) else found


def told_apart(request, found) -> list:
    """The records that the sender was shown and went on from: what is sent is none of them."""
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
