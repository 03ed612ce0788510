"""Suggestions from the public: make one without an account, and the queue of suggestions to decide."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.access import belongs_somewhere, require
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.directory import queries, suggestions
from partnerships.directory.choices import Listing, SuggestionKind, SuggestionState
from partnerships.directory.rules import may_decide
from partnerships.web.components import similar
from partnerships.web.frame import limits
from partnerships.web.frame.editing import STALE, add_errors, redirect_after_save, status_of, version_of
from partnerships.web.frame.words import day
from partnerships.web.organizations.forms.suggestion import DecisionForm, ProposalForm, SuggestionForm

LABELS = {
    "name": _("Name"),
    "website": _("Website"),
    "aims": _("Mission"),
    "area_note": _("Area served"),
    "listing": _("Listing"),
    "closed_on": _("Closed on"),
}
THANKS = _("Thank you. The people who keep this record will review it.")
CHANGED = _("The record changed while you had it open. Review its current values, then decide.")
SHOWN = 200  # in the queue, oldest open one first


@require_http_methods(["GET", "POST"])
def suggest(request, public_id):
    record = queries.organization(request.user, public_id)
    profile = queries.organization_facts(request.user, record).profile
    shown = {"name": record.name} | {name: profile[name] for name in suggestions.FIELDS[1:] if name in profile}
    form = SuggestionForm(request.POST or None, shown=shown)
    title = gettext("Suggest a change: %(organization)s") % {"organization": record.name}
    text = gettext("Anyone can suggest a change. You don’t need an account, and we don’t ask who you are.")
    return _make(request, form, title, text, reverse("organization", args=[public_id]), organization=record)


@require_http_methods(["GET", "POST"])
def propose(request):
    form = ProposalForm(request.POST or None)
    text = gettext(
        "Tell us about an organization that belongs here. It’s listed only if it agrees, or if a published source names it."
    )
    return _make(request, form, gettext("Who is missing?"), text, reverse("organizations"))


def _make(request, form, title, text, back, organization=None):
    duplicates = similar.of_proposal(request, form) if organization is None else []
    if request.method == "POST" and form.is_valid() and not duplicates:
        given = form.cleaned_data
        try:
            limits.count_attempt(request, "suggest", gettext("Many suggestions came from your network."))
            suggestions.suggest(
                by=request.user,
                kind=given.get("kind", SuggestionKind.PROPOSE),
                organization=organization,
                office=given.get("office"),
                fields={name: given[name] for name in suggestions.FIELDS if name in given},
                words=given["words"],
                address=given["address"],
                language=get_language(),
            )
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            office = given.get("office")
            asked = gettext("Thank you. %(office)s will review it.") % {"office": office} if office else THANKS
            return redirect_after_save(request, asked, back)
    context = {"title": title, "text": text, "form": form, "button": gettext("Send suggestion"), "back": back}
    context["similar"] = similar.rows_of(duplicates)
    context["crumbs"] = [(gettext("Organizations"), reverse("organizations"))]
    context["crumbs"] += [(organization.name, back)] if organization else []
    return limits.render_form(render(request, "step.html", context, status=422 if form.is_bound else 200), form)


@never_cache
@require_safe
def queue(request):
    if not belongs_somewhere(request.user):
        raise NotFound
    rows = list(queries.suggestion_list(request.user)[:SHOWN])
    context = {"waiting": [r for r in rows if r.state == SuggestionState.OPEN]}
    context["decided"] = [r for r in rows if r.state != SuggestionState.OPEN]
    return render(request, "organizations/suggestions.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def suggestion(request, pk):
    record = queries.suggestion(request.user, pk)
    decides = may_decide(request.user, record)
    if request.method == "POST":
        require(decides)
    form = DecisionForm(
        request.POST or None,
        choices=[(name, LABELS[name]) for name in record.fields],
        has_sender=bool(record.address),
        initial={"take": list(record.fields)},
    )
    duplicates = []
    if decides and record.organization is None and record.state == SuggestionState.OPEN:
        duplicates = similar.of_proposed(request.user, record.fields["name"], record.fields.get("website", ""))
    if request.method == "POST" and form.is_valid():
        try:
            suggestions.decide(
                suggestion=record,
                by=request.user,
                take=form.cleaned_data.get("take", ()),
                reason=form.cleaned_data["reason"],
                version=version_of(request) if record.organization else None,
                not_duplicates=similar.confirmed_distinct(request, duplicates),
            )
        except EditConflict:
            form.add_error(None, ValidationError(CHANGED, code=STALE))
            record = queries.suggestion(request.user, pk)
        except ValidationError as problem:
            add_errors(problem, form)
            record = queries.suggestion(request.user, pk)
        else:
            return redirect_after_save(request, gettext("Decided."), reverse("suggestions"))
    may_decide_now = decides and record.state == SuggestionState.OPEN
    context = {
        "record": record,
        "form": form,
        "may_decide": may_decide_now,
        "hides_form": not may_decide_now,
        "similar": similar.rows_of(duplicates),
        "rows": [_row(record, name) for name in record.fields],
        "crumbs": [(gettext("Suggestions"), reverse("suggestions"))],
    }
    return render(request, "organizations/suggestion.html", context, status=status_of(form))


def _row(record, name):
    """A field with the value that was shown then, the current one, and the suggested one."""
    now = getattr(record.organization, name, "") if record.organization else ""
    values = (record.before.get(name, ""), now, record.fields[name])
    if name == "closed_on":
        then, now, wanted = map(day, values)
    else:
        words = dict(Listing.choices) if name == "listing" else {}
        then, now, wanted = (words.get(value, value) for value in values)
    taken = record.decisions.get(name)
    return {"label": LABELS[name], "then": then, "now": now, "wanted": wanted, "moved": now != then, "taken": taken}
