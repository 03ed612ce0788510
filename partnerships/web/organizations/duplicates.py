"""Likely duplicates among an office's organizations, with a button to mark a pair as distinct."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core.access import get_or_not_found, require
from partnerships.core.errors import ValidationError
from partnerships.core.filters import refuse_unknown
from partnerships.directory import distinct_pairs, queries, rules
from partnerships.directory.duplicates import known_facts, similar_organizations_to_each
from partnerships.web.components import similar
from partnerships.web.frame.editing import redirect_after_save

PAGE_SIZE = 60
APART, AGAIN = (
    _("Marked as not duplicates. You can remove the mark under “Recently marked ‘not duplicates’”."),
    _("Mark removed. They may be shown as possible duplicates again."),
)


@never_cache
@require_http_methods(["GET", "POST"])
def duplicates(request):
    require(rules.may_add_organization(request.user))
    problem = _mark_pair(request) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        undone = "take_back" in request.POST
        return redirect_after_save(request, AGAIN if undone else APART, request.get_full_path())
    refuse_unknown(request.GET, ("after",))
    kept = rules.organizations_kept_by(request.user).order_by("pk")
    after = request.GET.get("after")
    rows = kept.filter(pk__gt=get_or_not_found(kept, after).pk) if after else kept
    page = list(rows[: PAGE_SIZE + 1])
    looked_at = page[:PAGE_SIZE]
    address = reverse("organization_duplicates")
    more = f"{address}?after={looked_at[-1].public_id}" if len(page) > PAGE_SIZE else None
    context = {
        "problem": problem,
        "looked_at": looked_at,
        "most": PAGE_SIZE,
        "pairs": _pairs(request.user, looked_at, kept),
        "distinct_pairs": distinct_pairs.marked_by(request.user),
        "pager": {"earlier_url": address if after else None, "more_url": more},
        "crumbs": [(gettext("Organizations"), reverse("organizations"))],
    }
    return render(request, "organizations/duplicates.html", context, status=422 if problem else 200)


def _pairs(person, looked_at, kept):
    """Likely duplicates of these organizations.

    If the office keeps both of a pair, it appears once, with the older one first.
    """
    found = similar_organizations_to_each(person, known_facts(person, looked_at))
    others = {one.record.pk for duplicates in found.values() for one in duplicates}
    older = set(kept.filter(pk__in=others).values_list("pk", flat=True)) if others else set()
    pairs = []
    for record in looked_at:
        duplicates = [one for one in found[record.pk] if one.record.pk > record.pk or one.record.pk not in older]
        pairs += [{"one": record, "other": row} for row in similar.rows_of(duplicates)]
    return pairs


def _mark_pair(request):
    """Mark a pair as distinct, or undo that. Returns an error message, or None."""
    given = [request.POST.get(name, "") for name in ("one", "other")]
    if not all(given):
        return gettext("Select a button next to a pair.")
    one, other = (queries.organization(request.user, public_id) for public_id in given)
    mark = distinct_pairs.unmark_as_distinct if "take_back" in request.POST else distinct_pairs.mark_as_distinct
    try:
        mark(one=one, other=other, by=request.user)
    except ValidationError as problem:
        return " ".join(problem.messages)
    return None
