"""The matches below the text box in which people pick an office or an organization: a part of a page.

The box is an `EntityField` of a form. It takes a name or an id as well, which the server looks up without script.
"""

from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from partnerships.core.errors import ValidationError
from partnerships.core.filters import refuse_unknown
from partnerships.directory.models import is_closed
from partnerships.records import finding
from partnerships.web.frame.forms.entities import entity_text
from partnerships.web.home.search import first_of_each, problem_of, sections_of

MOST = 10
KINDS = {"G": "organization", "D": "department", "J": "jurisdiction"}


@require_safe
def matches(request):
    """The first matches. `kinds`: the first character of the ids of each kind that the box takes."""
    refuse_unknown(request.GET, ("q", "kinds"))
    text, prefixes = request.GET.get("q", "").strip(), request.GET.get("kinds", "".join(KINDS))
    if not prefixes or set(prefixes) - KINDS.keys():
        raise ValidationError({"kinds": gettext("“%(text)s” isn’t an option here.") % {"text": prefixes[:60]}})
    if not text or problem_of(text):
        return render(request, "search/picks.html", {"is_asked": False})
    only = tuple(KINDS[prefix] for prefix in KINDS if prefix in prefixes)
    found = finding.find(request.user, text, most=MOST, only=only)
    # Kinds with a match by name come before those that match by something else: a jurisdiction before its departments.
    by_name_first = sorted(sections_of(request.user, found, ""), key=lambda one: all(hit["why"] for hit in one["hits"]))
    for section in by_name_first:
        section["hits"].sort(key=lambda hit: is_closed(hit["record"]))
    sections = first_of_each(by_name_first, MOST)
    hits = [hit for section in sections for hit in section["hits"]]
    for hit in hits:
        hit["value"] = entity_text(hit["record"])
    context = {"is_asked": True, "sections": sections, "count_words": _count_words(len(hits), found)}
    return render(request, "search/picks.html", context)


def _count_words(shown, found) -> str:
    if not shown:
        return gettext("No matches")
    if found.is_all and found.total == shown:
        return ngettext("%(number)s match", "%(number)s matches", shown) % {"number": shown}
    total = f"{found.total:,}{'' if found.is_all else '+'}"
    return gettext("The first %(number)s of %(total)s matches") % {"number": shown, "total": total}
