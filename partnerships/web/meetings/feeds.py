"""iCalendar feeds: the public one of a partnership, a person's own, and the page for its secret links."""

from hashlib import blake2b

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.errors import NotFound, ValidationError
from partnerships.meetings import feeds, queries
from partnerships.registry import queries as registry
from partnerships.web.frame import errors, page_language
from partnerships.web.frame.editing import add_errors
from partnerships.web.frame.idempotency import redirect_resubmissions
from partnerships.web.frame.steps import Step, posted_data, take_step


@page_language.english_only
@require_safe
def partnership_feed(request, public_id):
    """The same for all readers, so shared caches may store and revalidate it."""
    record = registry.partnership(None, public_id)
    return _answer(request, feeds.public_feed(record), "no-cache", f"{record.public_id}.ics")


@page_language.english_only
@require_safe
def own_feed(request, secret):
    try:
        feed = queries.feed_by_secret(secret)
    except NotFound:
        response = errors.show(request, errors.LINK_ENDED)
    else:
        response = _answer(request, feeds.own_feed(feed), "private, no-store", "meetings.ics")
        feeds.record_visit(feed)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _answer(request, text, kept, name):
    etag = f'"{blake2b(text.encode(), digest_size=16).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": kept, "Content-Disposition": f'inline; filename="{name}"'}
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=etag, response=response)


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def calendars(request):
    """Create a secret link. Only the response to the form shows it."""
    form, address = Form(request.POST if request.method == "POST" else None), ""
    if form.is_bound and form.is_valid():
        try:
            _, secret = feeds.make_feed(by=request.user)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            redirect_resubmissions(request, reverse("account_calendars"))
            address = settings.BASE_URL + reverse("own_feed", args=[secret])
    context = {
        "form": form,
        "rows": queries.feeds_of(request.user),
        "address": address,
        "is_once": bool(address),
        "crumbs": [(gettext("Your account"), reverse("account"))],
    }
    return render(request, "account/calendars.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def revoke(request, pk):
    feed, back = queries.feed_of(request.user, pk), reverse("account_calendars")

    def act(data):
        feeds.revoke_feed(by=request.user, feed=feed)
        return gettext("This calendar link no longer works.")

    def page(_):
        return Step(
            title=gettext("End the calendar link that starts with %(start)s?") % {"start": feed.prefix},
            text=gettext("Calendar apps that use it will no longer get your meetings. You can’t undo this."),
            button=gettext("End calendar link"),
            back=back,
            crumbs=[(gettext("Your account"), reverse("account")), (gettext("Your calendar"), back)],
        )

    return take_step(request, Form(posted_data(request)), act, page, to=back)
