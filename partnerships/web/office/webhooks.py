"""Webhooks of an office or organization, for its managers: list, add, change, log, test, send again, pause, delete."""

import re

from django.forms import Form
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.accounts.rules import may_connect_programs
from partnerships.core.access import require
from partnerships.core.errors import EditConflict, ValidationError
from partnerships.core.models import type_key
from partnerships.core.snapshots import get_model_field
from partnerships.notifications.choices import NewsKind
from partnerships.web.components.members import crumbs_to
from partnerships.web.frame.editing import add_errors, mark_conflict, redirect_after_save, status_of, version_of
from partnerships.web.frame.history import changes_in_words
from partnerships.web.frame.idempotency import redirect_resubmissions
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.office.forms.webhooks import ReplaceSecretForm, WebhookForm
from partnerships.web.office.members import managed_body
from partnerships.webhooks import actions, queries
from partnerships.webhooks.choices import KEPT_DAYS, DeliveryState
from partnerships.webhooks.delivery import may_show
from partnerships.webhooks.models import Webhook
from partnerships.webhooks.transport import REDIRECTS

_CHANGED = _("Someone changed this webhook while you had it open. Review it again, then decide.")
# What deliveries say with a value. The other texts of ours have none.
_WITH_REASON = (
    (re.compile(r"The receiver’s certificate isn’t valid \((?P<why>.*)\)\."),
     gettext_noop("The receiver’s certificate isn’t valid (%(why)s).")),
    (re.compile(r"We couldn’t write this message \((?P<why>.*)\)\."),
     gettext_noop("We couldn’t write this message (%(why)s).")),
    (re.compile(r"We don’t send to port (?P<port>\d+)\. Use an address with one of these ports: (?P<ports>[\d, ]+)\."),
     gettext_noop("We don’t send to port %(port)s. Use an address with one of these ports: %(ports)s.")),
)  # fmt: skip


def webhooks_url(body) -> str:
    return reverse(f"{type_key(body)}_webhooks", args=[body.public_id])


def _webhook_to_change(request, pk):
    webhook = queries.webhook(request.user, pk)
    require(may_connect_programs(request.user, webhook.body))
    return webhook


def _crumbs(body, *more):
    return crumbs_to(body, (gettext("Webhooks"), webhooks_url(body)), *more)


def _page_of(webhook) -> str:
    return reverse("webhook", args=[webhook.pk])


@never_cache
@require_safe
def webhooks(request, kind, public_id):
    body = managed_body(request, kind, public_id)
    context = {
        "body": body,
        "rows": queries.webhooks_of(request.user, body),
        "new_url": may_connect_programs(request.user, body) and reverse(f"{kind}_webhook_new", args=[body.public_id]),
        "changes": changes_in_words(queries.webhook_changes(body), _value_in_words),
        "crumbs": crumbs_to(body),
    }
    return render(request, "office/webhooks/list.html", context)


def _value_in_words(path, value) -> str:
    """A value of a webhook in the audit log, as the form calls it."""
    name = path.removeprefix("webhook.")
    if name == "kinds":
        return str(NewsKind(value).label)
    choices = get_model_field(Webhook, name).choices if name in actions.FIELDS else None
    return str(dict(choices or ()).get(value, value))


@never_cache
@require_http_methods(["GET", "POST"])
def new(request, kind, public_id):
    """The response to the form is the only page with the secret."""
    body = managed_body(request, kind, public_id)
    require(may_connect_programs(request.user, body))
    form = WebhookForm(posted_data(request))
    if form.is_bound and form.is_valid():
        try:
            webhook, secret = actions.add_webhook(by=request.user, body=body, fields=form.cleaned_data)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return _secret_page(request, webhook, secret)
    title = gettext("Add a webhook: %(name)s") % {"name": body}
    context = {"form": form, "title": title, "back": webhooks_url(body), "crumbs": _crumbs(body)}
    return render(request, "office/webhooks/edit.html", context, status=status_of(form))


def _secret_page(request, webhook, secret):
    redirect_resubmissions(request, _page_of(webhook))
    context = {"webhook": webhook, "secret": secret, "page": _page_of(webhook), "crumbs": _crumbs(webhook.body)}
    return render(request, "office/webhooks/secret.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request, pk):
    webhook = _webhook_to_change(request, pk)
    values = {name: getattr(webhook, name) for name in actions.FIELDS}
    form = WebhookForm(posted_data(request), initial=values)
    conflict = False
    if form.is_bound and form.is_valid():
        try:
            actions.save_webhook(
                by=request.user, webhook=webhook, fields=form.cleaned_data, version=version_of(request)
            )
        except EditConflict as stale:
            webhook, conflict = mark_conflict(form, stale), True
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return redirect_after_save(request, gettext("Saved."), _page_of(webhook))
    context = {
        "form": form,
        "title": gettext("Change “%(name)s”") % {"name": webhook.name},
        "version": webhook.version,
        "saved": _in_words(webhook) if conflict else [],
        "back": _page_of(webhook),
        "crumbs": _crumbs(webhook.body, (webhook.name, _page_of(webhook))),
    }
    return render(request, "office/webhooks/edit.html", context, status=status_of(form))


def _in_words(webhook) -> list[tuple[str, str]]:
    labels = WebhookForm.Meta.labels
    return [
        (gettext("Name"), webhook.name),
        (str(labels["format"]), webhook.get_format_display()),
        (str(labels["url"]), webhook.url),
        (gettext("Events"), "; ".join(str(NewsKind(kind).label) for kind in webhook.kinds)),
        (str(labels["reach"]), webhook.get_reach_display()),
        (str(labels["rights"]), webhook.get_rights_display()),
    ]


@never_cache
@require_safe
def log(request, pk):
    """A webhook and its newest deliveries."""
    webhook = queries.webhook(request.user, pk)
    context = {
        "webhook": webhook,
        "may_change": may_connect_programs(request.user, webhook.body),
        "kinds": [NewsKind(kind).label for kind in webhook.kinds],
        "rows": queries.deliveries_of(webhook),
        "most": queries.MOST_SHOWN,
        "kept_days": KEPT_DAYS,
        "crumbs": _crumbs(webhook.body),
    }
    return render(request, "office/webhooks/log.html", context)


def _our_words(answer: str) -> str:
    """What we wrote about a delivery, in the reader's language. It's stored in English."""
    for pattern, words in _WITH_REASON:
        if found := pattern.fullmatch(answer):
            return gettext(words) % found.groupdict()
    return gettext(answer) if answer else ""


@never_cache
@require_safe
def delivery(request, pk):
    """What one delivery said in its last attempt, and what the receiver answered."""
    row = queries.delivery(request.user, pk)
    crumbs = _crumbs(row.webhook.body, (row.webhook.name, _page_of(row.webhook)))
    is_shown = may_show(row)
    # What a receiver answers may repeat what was sent; the rest is our own words.
    is_ours = row.status is None or row.state == DeliveryState.NOT_SENT
    answer = _our_words(row.answer) if is_ours or row.answer == REDIRECTS else row.answer if is_shown else ""
    context = {"delivery": row, "is_shown": is_shown, "answer": answer}
    context |= {"kept_days": KEPT_DAYS, "crumbs": crumbs}
    return render(request, "office/webhooks/delivery.html", context)


@never_cache
@require_POST
def send_test(request, pk):
    webhook = queries.webhook(request.user, pk)
    try:
        actions.send_test(by=request.user, webhook=webhook)
    except ValidationError as problem:
        return redirect_after_save(request, " ".join(problem.messages), _page_of(webhook))
    return redirect_after_save(
        request, gettext("The test is on its way. Reload this page to see the answer."), _page_of(webhook)
    )


@never_cache
@require_POST
def send_again(request, pk):
    row = queries.delivery(request.user, pk)
    page = _page_of(row.webhook)
    try:
        done = actions.send_again(by=request.user, webhook_delivery=row)
    except ValidationError as problem:
        return redirect_after_save(request, " ".join(problem.messages), page)
    words = gettext("We’re sending it again.") if done else gettext("It’s already waiting to be sent.")
    return redirect_after_save(request, words, page)


@never_cache
@require_http_methods(["GET", "POST"])
def replace_secret(request, pk):
    """A new secret, shown once. The answer to the form sent again is the page of the webhook."""
    webhook = _webhook_to_change(request, pk)
    form = ReplaceSecretForm(posted_data(request))

    def act(data):
        return _secret_page(
            request, *actions.replace_secret(by=request.user, webhook=webhook, version=version_of(request), **data)
        )

    text = gettext("You’ll get a new secret, shown once on the next page. The old one keeps working for a while.")
    title = gettext("Replace the secret of “%(name)s”")
    return _step(request, webhook, form, act, title, text, gettext("Replace secret"))


@never_cache
@require_http_methods(["GET", "POST"])
def pause(request, pk):
    webhook = queries.webhook(request.user, pk)

    def act(data):
        done = actions.pause_webhook(by=request.user, webhook=webhook, version=version_of(request))
        return gettext("Webhook paused.") if done else gettext("It was already paused.")

    text = gettext("It won’t send anything until someone resumes it. Events of the next three days wait.")
    title, button = gettext("Pause “%(name)s”?"), gettext("Pause webhook")
    return _step(request, webhook, Form(posted_data(request)), act, title, text, button)


@never_cache
@require_http_methods(["GET", "POST"])
def resume(request, pk):
    webhook = _webhook_to_change(request, pk)

    def act(data):
        done = actions.resume_webhook(by=request.user, webhook=webhook, version=version_of(request))
        return gettext("The webhook sends again.") if done else gettext("It wasn’t paused.")

    text = gettext(
        "It sends what has waited for up to three days, and then new events. You’ll be the responsible person."
    )
    title, button = gettext("Resume “%(name)s”?"), gettext("Resume webhook")
    return _step(request, webhook, Form(posted_data(request)), act, title, text, button)


@never_cache
@require_http_methods(["GET", "POST"])
def delete(request, pk):
    webhook = queries.webhook(request.user, pk)
    to = webhooks_url(webhook.body)

    def act(data):
        actions.delete_webhook(by=request.user, webhook=webhook, version=version_of(request))
        return gettext("“%(name)s” is deleted.") % {"name": webhook.name}

    text = gettext("It stops sending, and its log is deleted. You can’t undo this.")
    title, button = gettext("Delete “%(name)s”?"), gettext("Delete webhook")
    return _step(request, webhook, Form(posted_data(request)), act, title, text, button, to=to)


def _step(request, webhook, form, act, title, text, button, to=""):
    crumbs, title = _crumbs(webhook.body, (webhook.name, _page_of(webhook))), title % {"name": webhook.name}

    def page(record):
        return Step(title=title, text=text, button=button, back=_page_of(webhook), record=record, crumbs=crumbs)

    return take_step(request, form, act, page, webhook, to=to or _page_of(webhook), changed=_CHANGED)
