"""Following records: the list of what a person follows, and which emails they get, and when."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.core import record_types
from partnerships.core.errors import ValidationError
from partnerships.mail.choices import ALWAYS_SENT, Pace
from partnerships.notifications import following as actions
from partnerships.notifications.digests import choices_of
from partnerships.web.account.forms.email_paces import EmailPacesForm
from partnerships.web.frame.editing import add_errors, redirect_after_save, signed_in

_ACCOUNT = (_("Your account"), "account")


@never_cache
@require_POST
@signed_in
def follow(request, kind, key):
    """Follow or stop following. The form says which, so that a second click changes nothing."""
    record = record_types.get(kind).find(request.user, key)
    page = record.get_absolute_url()
    if "stop" in request.POST:
        actions.stop_following(by=request.user, kind=kind, pk=record.pk)
        return redirect_after_save(request, gettext("You no longer follow it."), page)
    try:
        actions.follow(by=request.user, record=record)
    except ValidationError as problem:
        return redirect_after_save(request, " ".join(problem.messages), reverse("account_following"))
    return redirect_after_save(
        request, gettext("You’re following it. You can choose how often we email you on your account page."), page
    )


@never_cache
@require_safe
@signed_in
def following(request):
    rows = [
        {
            "follow": row,
            "kind": record_types.get(row.record_type).label,
            "name": str(record) if record else "",
            "url": record.get_absolute_url() if record else "",
        }
        for row, record in actions.followed_by(request.user)
    ]
    context = {"rows": rows, "crumbs": [(words, reverse(name)) for words, name in (_ACCOUNT,)]}
    return render(request, "account/following.html", context)


@never_cache
@require_POST
@signed_in
def stop_following(request, kind, pk):
    """Stop following from the person's own list, which also works for a record that they may no longer see."""
    actions.stop_following(by=request.user, kind=kind, pk=pk)
    return redirect_after_save(request, gettext("You no longer follow it."), reverse("account_following"))


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def email_notifications(request):
    person, chosen = request.user, choices_of(request.user)
    form = EmailPacesForm(request.POST if request.method == "POST" else None, person=person, paces=chosen)
    if form.is_bound and form.is_valid():
        try:
            actions.choose_paces(by=person, paces=form.paces(), times=form.times())
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return redirect_after_save(
                request, gettext("Saved. This applies to emails from now on."), reverse("account_emails")
            )
    context = {
        "form": form,
        "always": [kind.label for kind in ALWAYS_SENT],
        "for_all": Pace.choices,
        "crumbs": [(words, reverse(name)) for words, name in (_ACCOUNT,)],
    }
    return render(request, "account/email_notifications.html", context, status=422 if form.errors else 200)
