"""Likely duplicates in a form: shown before it's saved. The sender can say that the record is a different one, and why."""

from django.utils.translation import gettext_lazy as _

from partnerships.directory.duplicates import similar_organizations
from partnerships.directory.matching import Known

GO_ON, SEEN, BECAUSE = "not_a_duplicate", "seen_alike", "distinct_because"
MOST_SEEN = 20
WORDS = ((90, _("Very likely the same")), (81, _("Likely the same")), (0, _("Possibly the same")))


def of_proposal(request, form) -> list:
    """Organizations that a proposal from the public may duplicate. Compares names only, and returns only likely ones."""
    if request.method != "POST" or not form.is_valid():
        return []
    return to_show(request, similar_organizations(request.user, Known(form.cleaned_data["name"]), strict=True))


def of_proposed(person, name, website) -> list:
    """Organizations that may be the same as a proposed one, among those that the reviewer may see."""
    return similar_organizations(person, Known(name, website=website))


def stated_distinct(request, rows) -> dict:
    """What the save action takes of the answer to the question: those of these rows that the sender was shown and said
    the record is not, and why.
    """
    if GO_ON not in request.POST or SEEN not in request.POST:
        return {}
    seen = rows.filter(public_id__in=request.POST.getlist(SEEN)[:MOST_SEEN])
    return {"not_duplicates": seen, "distinct_because": request.POST.get(BECAUSE, "")}


def answer_of(request) -> dict:
    """What was typed next to the question, to show it again."""
    reason = request.POST.get(BECAUSE, "").strip()
    return {
        "is_stated": GO_ON in request.POST,
        "reason": reason,
        "is_reason_missing": GO_ON in request.POST and not reason,
    }


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
