"""Service accounts of an office or organization, for its managers: list, create, replace the secret, take over, revoke."""

from django.forms import Form
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.accounts import service_accounts as services
from partnerships.accounts.choices import READS_UNANSWERED
from partnerships.accounts.rules import may_connect_programs
from partnerships.accounts.service_rules import has_stopped, is_answered
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.models import type_key
from partnerships.web.components.forms.tokens import SecretForm, ServiceAccountForm
from partnerships.web.components.members import crumbs_to
from partnerships.web.frame.editing import add_errors, status_of
from partnerships.web.frame.history import changes_in_words
from partnerships.web.frame.idempotency import redirect_resubmissions
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.frame.words import day, label
from partnerships.web.office.members import managed_body


def services_url(body) -> str:
    return reverse(f"{type_key(body)}_services", args=[body.public_id])


def _crumbs(body):
    return crumbs_to(body, (gettext("Service accounts"), services_url(body)))


@never_cache
@require_safe
def service_accounts(request, kind, public_id):
    body, at = managed_body(request, kind, public_id), clock.now()
    changes = services.changes_of(body)
    left = services.known_to_others(body, changes)
    tokens = services.accounts_of(request.user, body)
    context = {
        "body": body,
        "rows": [_row(token, at, left) for token in tokens],
        "new_url": may_connect_programs(request.user, body) and reverse(f"{kind}_service_new", args=[body.public_id]),
        "changes": changes_in_words(changes, _value_in_words),
        "crumbs": crumbs_to(body),
    }
    return render(request, "office/services/list.html", context)


def _row(token, at, left) -> tuple:
    """(token, state, until when it reads if no one answers for it, who left and knows its secret), as the template says."""
    state = "works" if is_answered(token, at) else "stopped" if has_stopped(token, at) else "reads"
    since = token.unanswered_since or at  # it's noted within minutes
    return token, state if token.is_live(at) else "", since + READS_UNANSWERED, left.get(token.name)


def _value_in_words(path, value) -> str:
    """A value of a service account in the audit log, as the form calls it."""
    if path == "service.ends":
        return day(value[:10])
    return label(value, "member_role") if path == "service.role" else str(value)


@never_cache
@require_http_methods(["GET", "POST"])
def new(request, kind, public_id):
    """The response to the form is the only page with the secret. Reloading it fails, because the name is taken."""
    body = managed_body(request, kind, public_id)
    require(may_connect_programs(request.user, body))
    form = ServiceAccountForm(posted_data(request))
    if form.is_bound and form.is_valid():
        try:
            made = services.add_service_account(by=request.user, body=body, **form.cleaned_data)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return _secret_page(request, *made)
    context = {"form": form, "body": body, "back": services_url(body), "crumbs": _crumbs(body)}
    return render(request, "office/services/new.html", context, status=status_of(form))


def _secret_page(request, token, secret):
    page = services_url(token.body)
    redirect_resubmissions(request, page)
    context = {"token": token, "secret": secret, "page": page, "is_once": True, "crumbs": _crumbs(token.body)}
    return render(request, "account/token_made.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def replace_secret(request, pk):
    """A new secret, shown once. The answer to the form sent again is the list."""
    token = services.account(request.user, pk)
    require(may_connect_programs(request.user, token.body))
    if not token.is_live(clock.now()):
        raise NotFound
    form = SecretForm(posted_data(request))
    if form.is_bound and form.is_valid():
        return _secret_page(request, *services.replace_secret(by=request.user, token=token, **form.cleaned_data))
    context = {"form": form, "token": token, "back": services_url(token.body), "crumbs": _crumbs(token.body)}
    return render(request, "account/token_replace.html", context, status=status_of(form))


@never_cache
@require_http_methods(["GET", "POST"])
def take_over(request, pk):
    token = services.account(request.user, pk)
    require(may_connect_programs(request.user, token.body))
    to, names = services_url(token.body), {"name": token.name, "body": token.body}

    def act(data):
        if not services.take_over(by=request.user, token=token):
            return gettext("Someone answers for “%(name)s” already.") % names
        return gettext("You now answer for “%(name)s”. It works again.") % names

    def page(_):
        return Step(
            title=gettext("Take over “%(name)s”?") % names,
            text=gettext(
                "You then answer for this service account. The program that uses it works again with its whole role, until it "
                "expires or you no longer manage %(body)s. Someone who left may know its secret. If so, also replace it."
            )
            % names,
            button=gettext("Take over service account"),
            back=to,
            crumbs=_crumbs(token.body),
        )

    return take_step(request, Form(posted_data(request)), act, page, to=to)


@never_cache
@require_http_methods(["GET", "POST"])
def revoke(request, pk):
    token = services.account(request.user, pk)
    to = services_url(token.body)

    def act(data):
        done = services.revoke(by=request.user, token=token)
        if not done:
            return gettext("It was already revoked.")
        return gettext("“%(name)s” no longer works.") % {"name": token.name}

    def page(_):
        return Step(
            title=gettext("Revoke “%(name)s”?") % {"name": token.name},
            text=gettext(
                "The program that uses it will be refused from its next request on. What it did stays in the history, under "
                "its name. You can’t undo this."
            ),
            button=gettext("Revoke service account"),
            back=to,
            crumbs=_crumbs(token.body),
        )

    return take_step(request, Form(posted_data(request)), act, page, to=to)
