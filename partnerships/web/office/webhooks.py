"""Webhooks of an office or organization, for its managers: list, add, change, log, test, send again, pause, delete."""

from django.forms import Form
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.accounts.rules import may_connect_programs
from partnerships.core import record_types
from partnerships.core.access import manages, require
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.core.snapshots import get_model_field
from partnerships.notifications.choices import NewsKind
from partnerships.web.editing import add_errors, mark_conflict, redirect_after_save, status_of, version_of
from partnerships.web.forms.webhooks import ReplaceSecretForm, WebhookForm
from partnerships.web.history import changes_in_words
from partnerships.web.idempotency import redirect_resubmissions
from partnerships.web.office.members import crumbs_to
from partnerships.web.steps import Step, posted_data, take_step
from partnerships.webhooks import actions, queries
from partnerships.webhooks.choices import KEPT_DAYS, DeliveryState
from partnerships.webhooks.delivery import may_show
from partnerships.webhooks.models import Webhook

_CHANGED = "Someone changed this webhook while you had it open. Review it again, then decide."


def webhooks_url(body) -> str:
    return reverse(f"{body._meta.model_name}_webhooks", args=[body.public_id])


def _body(request, kind, public_id):
    """The office or organization, if the person manages it. Raises NotFound."""
    body = record_types.get(kind).find(request.user, public_id)
    if not manages(request.user, body):
        raise NotFound
    return body


def _webhook_to_change(request, pk):
    webhook = queries.webhook(request.user, pk)
    require(may_connect_programs(request.user, webhook.body))
    return webhook


def _crumbs(body, *more):
    return crumbs_to(body, ("Webhooks", webhooks_url(body)), *more)


def _page_of(webhook) -> str:
    return reverse("webhook", args=[webhook.pk])


@never_cache
@require_safe
def webhooks(request, kind, public_id):
    body = _body(request, kind, public_id)
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
    body = _body(request, kind, public_id)
    require(may_connect_programs(request.user, body))
    form = WebhookForm(posted_data(request))
    if form.is_bound and form.is_valid():
        try:
            webhook, secret = actions.add_webhook(by=request.user, body=body, fields=form.cleaned_data)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return _secret(request, webhook, secret)
    context = {"form": form, "title": f"Add a webhook: {body}", "back": webhooks_url(body), "crumbs": _crumbs(body)}
    return render(request, "office/webhooks/edit.html", context, status=status_of(form))


def _secret(request, webhook, secret):
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
            return redirect_after_save(request, "Saved.", _page_of(webhook))
    context = {
        "form": form,
        "title": f"Change “{webhook.name}”",
        "version": webhook.version,
        "saved": _in_words(webhook) if conflict else [],
        "back": _page_of(webhook),
        "crumbs": _crumbs(webhook.body, (webhook.name, _page_of(webhook))),
    }
    return render(request, "office/webhooks/edit.html", context, status=status_of(form))


def _in_words(webhook) -> list[tuple[str, str]]:
    labels = WebhookForm.Meta.labels
    return [
        ("Name", webhook.name),
        (labels["format"], webhook.get_format_display()),
        (labels["url"], webhook.url),
        ("Events", "; ".join(NewsKind(kind).label for kind in webhook.kinds)),
        (labels["reach"], webhook.get_reach_display()),
        (labels["rights"], webhook.get_rights_display()),
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


@never_cache
@require_safe
def delivery(request, pk):
    """What one delivery said in its last attempt, and what the receiver answered."""
    row = queries.delivery(request.user, pk)
    crumbs = _crumbs(row.webhook.body, (row.webhook.name, _page_of(row.webhook)))
    is_shown = may_show(row)
    # What a receiver answers may repeat what was sent; the rest is our own words.
    is_ours = row.status is None or row.state == DeliveryState.NOT_SENT
    context = {"delivery": row, "is_shown": is_shown, "answer": row.answer if is_shown or is_ours else ""}
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
        request, "The test is on its way. Reload this page to see the answer.", _page_of(webhook)
    )


@never_cache
@require_POST
def send_again(request, pk):
    row = queries.delivery(request.user, pk)
    page = _page_of(row.webhook)
    try:
        done = actions.send_again(by=request.user, delivery_of=row)
    except ValidationError as problem:
        return redirect_after_save(request, " ".join(problem.messages), page)
    return redirect_after_save(request, "We’re sending it again." if done else "It’s already waiting to be sent.", page)


@never_cache
@require_http_methods(["GET", "POST"])
def replace_secret(request, pk):
    """A new secret, shown once. The answer to the form sent again is the page of the webhook."""
    webhook = _webhook_to_change(request, pk)
    form = ReplaceSecretForm(posted_data(request))

    def act(data):
        return _secret(
            request, *actions.replace_secret(by=request.user, webhook=webhook, version=version_of(request), **data)
        )

    text = "You’ll get a new secret, shown once on the next page. The old one keeps working for a while."
    return _step(request, webhook, form, act, f"Replace the secret of “{webhook.name}”", text, "Replace secret")


@never_cache
@require_http_methods(["GET", "POST"])
def pause(request, pk):
    webhook = queries.webhook(request.user, pk)

    def act(data):
        done = actions.pause_webhook(by=request.user, webhook=webhook, version=version_of(request))
        return "Webhook paused." if done else "It was already paused."

    text = "It won’t send anything until someone resumes it. Events of the next three days wait."
    return _step(request, webhook, Form(posted_data(request)), act, f"Pause “{webhook.name}”?", text, "Pause webhook")


@never_cache
@require_http_methods(["GET", "POST"])
def resume(request, pk):
    webhook = _webhook_to_change(request, pk)

    def act(data):
        done = actions.resume_webhook(by=request.user, webhook=webhook, version=version_of(request))
        return "The webhook sends again." if done else "It wasn’t paused."

    text = "It sends what has waited for up to three days, and then new events. You’ll be the responsible person."
    return _step(request, webhook, Form(posted_data(request)), act, f"Resume “{webhook.name}”?", text, "Resume webhook")


@never_cache
@require_http_methods(["GET", "POST"])
def delete(request, pk):
    webhook = queries.webhook(request.user, pk)
    to = webhooks_url(webhook.body)

    def act(data):
        actions.delete_webhook(by=request.user, webhook=webhook, version=version_of(request))
        return f"“{webhook.name}” is deleted."

    text = "It stops sending, and its log is deleted. You can’t undo this."
    title = f"Delete “{webhook.name}”?"
    return _step(request, webhook, Form(posted_data(request)), act, title, text, "Delete webhook", to=to)


def _step(request, webhook, form, act, title, text, button, to=""):
    crumbs = _crumbs(webhook.body, (webhook.name, _page_of(webhook)))

    def page(record):
        return Step(title=title, text=text, button=button, back=_page_of(webhook), record=record, crumbs=crumbs)

    return take_step(request, form, act, page, webhook, to=to or _page_of(webhook), changed=_CHANGED)
