"""Starting a partnership: its purpose first, then the partners that it needs, then its form."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.label_overrides import current_help
from partnerships.core.types import Text
from partnerships.directory import queries as directory
from partnerships.directory.reference.vocabularies import term_name
from partnerships.insight import needs
from partnerships.insight.candidates import PlannedPartnership, suggest_partners
from partnerships.registry import rules
from partnerships.registry.choices import Kind
from partnerships.web.frame.editing import status_of
from partnerships.web.partnerships import editing as editing_partnerships
from partnerships.web.partnerships.forms.starting import StartForm, lead_row, without_empty

KINDS: dict[str, Text] = {
    Kind.CONTRACT: _("A paid agreement. It needs a contractor."),
    Kind.TRAINING: _("One partner trains others. It needs a trainer."),
    Kind.ADVISORY_BODY: _("A group with seats that advises or decides."),
    Kind.ORGANIZING: _("The community makes asks from outside, and the government answers."),
    Kind.LEARNING: _("Jurisdictions learn from one another."),
    Kind.STRATEGY: _("Several departments share one strategy."),
    Kind.JOINT_PROJECT: _("Partners work on something together."),
}
GROUPS = {
    needs.DEPARTMENTS: _("Departments"),
    needs.NEIGHBORS: _("Neighboring governments"),
    needs.COMMUNITY: _("Community organizations"),
    needs.INSTITUTIONS: _("Institutions"),
}
VERDICTS = {needs.NEEDED: _("Needed"), needs.HELPFUL: _("Helpful"), needs.NOT_NOW: _("Not now")}


@require_http_methods(["GET", "POST"])
def new(request):
    """Show the form of a new partnership if the URL has a type, else the questions before it."""
    require(rules.may_add_partnership(request.user))
    asked, kind = without_empty(request.GET), request.GET.get("kind", "")
    if kind in Kind.values and asked.keys() == {"kind"}:
        leads = directory.jurisdictions_of_editor(request.user).distinct()[:2]
        return editing_partnerships.new(request, kind, seated=[lead_row(leads[0])] if len(leads) == 1 else ())
    form = StartForm(asked or None, person=request.user)
    is_answered = form.is_bound and form.is_valid()
    # Keep what was typed into the form, even if records in the URL are no longer valid.
    if kind in Kind.values and (is_answered or request.method == "POST"):
        return editing_partnerships.new(request, kind, *(form.given() if is_answered else ()))
    context = {
        "form": form,
        "hides_form": True,
        "kinds": [
            {"key": key, "name": name, "help": current_help("kind", key, KINDS[key])} for key, name in Kind.choices
        ],
        "crumbs": [(gettext("Partnerships"), reverse("partnerships"))],
    }
    if is_answered:
        context |= _partners_needed(request.user, form.cleaned_data)
    return render(request, "partnerships/start.html", context, status=status_of(form) if not is_answered else 200)


def _partners_needed(person, answers):
    """The partners that are needed, in groups."""
    purpose, lead, areas = answers["purpose"], answers["lead"], list(answers["issue"])
    planned = PlannedPartnership(lead, areas, list(answers["community"]))
    adds = {
        needs.DEPARTMENTS: (gettext("Add a department"), reverse("department_new", args=[lead.public_id])),
        needs.NEIGHBORS: (gettext("Add neighbors"), reverse("jurisdiction_edit", args=[lead.public_id])),
        needs.COMMUNITY: (gettext("Add an organization"), reverse("organization_new")),
        needs.INSTITUTIONS: (gettext("Add an organization"), reverse("organization_new")),
    }
    groups = [
        {
            "name": GROUPS[group.need.group],
            "verdict": VERDICTS[group.need.verdict],
            "is_needed": group.need.verdict == needs.NEEDED,
            "is_closed": group.need.verdict == needs.NOT_NOW,
            "why": group.need.why,
            "candidates": group.candidates,
            "is_more": group.is_more,
            "missing": group.missing,
            "add": adds[group.need.group],
        }
        for group in suggest_partners(person, purpose.key, planned)
    ]
    usual = needs.USUAL_KIND.get(purpose.key)
    return {
        "groups": groups,
        "answers": answers,
        "about": "; ".join(term_name(area.name) for area in areas),
        "affected": "; ".join(term_name(term.label) for term in answers["community"]),
        "has_rule": needs.has_rule(purpose.key),
        "usual": usual,
    }
