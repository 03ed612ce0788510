"""Sharing a draft: who can see it, add one, remove one."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import ValidationError
from partnerships.registry import queries, sharing, sides
from partnerships.registry.rules import may_write_partnership
from partnerships.web.components.forms.statements import ShareForm
from partnerships.web.components.partnerships import crumbs_to_partnership
from partnerships.web.frame.editing import add_errors, redirect_after_save
from partnerships.web.frame.forms.entities import suggestions


@require_http_methods(["GET", "POST"])
def share(request, public_id):
    record = queries.partnership(request.user, public_id)
    require(may_write_partnership(request.user, record))
    rows = sides.shares(request.user, record)
    here, remove = reverse("partnership_share", args=[public_id]), request.POST.get("remove")
    for row, body in rows:
        if remove == str(row.pk):
            sharing.unshare_draft(partnership=record, by=request.user, share=row)
            return redirect_after_save(
                request, gettext("%(body)s can no longer see this draft.") % {"body": body}, here
            )
    form = ShareForm(request.POST if request.method == "POST" and not remove else None, person=request.user)
    if form.is_bound and form.is_valid():
        try:
            sharing.share_draft(partnership=record, by=request.user, body=form.cleaned_data["body"])
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return redirect_after_save(
                request, gettext("%(body)s can see this draft now.") % {"body": form.cleaned_data["body"]}, here
            )
    back = reverse("partnership", args=[public_id])
    context = {
        "title": gettext("Who can see this draft: %(partnership)s") % {"partnership": record.title},
        "record": record,
        "rows": rows,
        "form": form,
        "hides_form": record.is_published,
        "suggested": suggestions(request.user),
        "back": back,
        "crumbs": crumbs_to_partnership(record, back),
    }
    return render(request, "partnerships/share.html", context, status=422 if request.method == "POST" else 200)
