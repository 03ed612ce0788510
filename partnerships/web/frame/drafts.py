"""Form drafts. A view with `with_drafts` saves what people type, and offers it to them again.

Such a form sends the extra field `draft`: “keep” (the button), “script” (from drafts.js, which gets JSON) or “go_on”
(continue with the draft). The view then renders its forms with what was typed, as if for GET. It validates and saves
nothing.
"""

from dataclasses import dataclass
from functools import wraps
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.formsets import BaseFormSet
from django.forms.utils import ErrorDict, ErrorList
from django.http import JsonResponse, QueryDict
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core import clock
from partnerships.records import drafts
from partnerships.records.drafts import CONTINUES, HEADING, WINDOW
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import page_status, seen_now, version_in
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.frame.words import clock_words, moment

DOES, KEEP, SCRIPT, GO_ON = "draft", "keep", "script", "go_on"
_KEPT_WORDS = _("At %(time)s, we kept your unsaved text.")
_OTHER_WORDS = _(
    "We already keep other unsaved text from %(at)s for this page. Select “Save for later” to replace it, or reload the "
    "page to see it."
)


@dataclass
class DraftState:
    """The state of the draft on a page with a form.

    `kept` is the draft to offer. `window` and `continues` are hidden fields of the form: the key of the window in which
    it is open, and of the one whose draft it may replace. `message` is what is shown about the last attempt to keep a
    draft, and `is_refused` says whether it failed.
    """

    page: str
    window: str
    continues: str = ""
    kept: object = None
    message: str = ""
    is_refused: bool = False
    is_unvalidated: bool = False  # the forms contain a draft and weren't validated


def with_drafts(*names):
    """Decorator for a view with one large form. `names` are the query parameters that change which form it is (“kind”)."""

    def around(view):
        @wraps(view)
        def visit(request, *args, **kwargs):
            asked = {name: request.GET[name] for name in names if request.GET.get(name)}
            page = request.path + (f"?{urlencode(asked)}" if asked else "")
            if not request.user.is_authenticated or len(page) > drafts.LONGEST_PAGE:
                return view(request, *args, **kwargs)
            request.draft = _draft_state(request, page)
            return _answer(request, lambda: view(request, *args, **kwargs))

        return visit

    return around


def _draft_state(request, page):
    draft = DraftState(
        page, request.POST.get(WINDOW, "")[:20] or get_random_string(12), request.POST.get(CONTINUES, "")[:20]
    )
    if request.method == "GET" or request.POST.get(DOES) == GO_ON:
        draft.kept = drafts.draft_of(request.user, page)
    return draft


def _answer(request, view):
    does = request.POST.get(DOES) if request.method == "POST" else ""
    if does == GO_ON:
        return _continue_draft(request, view)
    if does in (KEEP, SCRIPT):
        return _save_and_render(request, view, does)
    answer = view()
    if getattr(request, "is_saved", False):
        drafts.delete_saved(by=request.user, page=request.draft.page)
    return answer


def _continue_draft(request, view):
    draft, kept = request.draft, request.draft.kept
    if kept is None:
        draft.message, draft.is_refused = gettext("The unsaved text is gone: it was saved or discarded."), True
        return _render_with(request, view, QueryDict())
    draft.continues, draft.kept = kept.fields.get(WINDOW, [""])[0], None
    draft.message = gettext("This is your unsaved text from %(at)s.") % {"at": _moment(request, kept.at)}
    sent = QueryDict(mutable=True)
    for name, texts in kept.fields.items():
        sent.setlist(name, texts)
    return _render_with(request, view, sent)


def _save_and_render(request, view, does):
    """Save what was sent as a draft, then render the page with it.

    If the page refuses the person, the draft isn't saved.
    """
    draft, refused = request.draft, None
    with transaction.atomic():
        try:
            made = drafts.save_draft(by=request.user, page=draft.page, fields=dict(request.POST.lists()))
            draft.message = _KEPT_WORDS % {"time": _clock(request, made.at)}
        except ValidationError as problem:
            refused, draft.is_refused = problem.code, True
            draft.message = " ".join(problem.messages)
        if refused == drafts.OTHER:
            other = drafts.draft_of(request.user, draft.page)
            draft.continues = other.fields.get(WINDOW, [""])[0] if other else ""
            draft.message = _OTHER_WORDS % {"at": _moment(request, other.at)} if other else draft.message
        answer = _render_with(request, view, request.POST)
        if answer.status_code != 200:  # the page no longer shows the form
            transaction.set_rollback(True)
            return answer
    status = page_status(is_stale=refused == drafts.OTHER, has_errors=refused)
    if does == SCRIPT:
        return JsonResponse({"words": draft.message}, status=status, headers={"Cache-Control": "no-store"})
    answer.status_code = status
    return answer


def _render_with(request, view, sent):
    """Render the page with these fields in its forms, as if for GET."""
    request.draft.is_unvalidated, request.POST, method = True, sent, request.method
    request.method = "GET"
    try:
        return view()
    finally:
        request.method = method


def _moment(request, at):
    return moment(at, request.user.zone)


def _clock(request, at):
    return clock_words(at.astimezone(clock.zone(request.user.zone)).time())


def without_validation(request, shown) -> None:
    """Clear the errors of forms that show a draft, since they should appear only after it's sent."""
    if not getattr(getattr(request, "draft", None), "is_unvalidated", False):
        return
    for one in shown:
        if isinstance(one, BaseFormSet):
            one._errors, one._non_form_errors = [], ErrorList()  # type: ignore[attr-defined]  # not in their types
            without_validation(request, one.forms)
        if one.is_bound and not isinstance(one, BaseFormSet):
            one._errors, one.cleaned_data = ErrorDict(), {}


def version_shown(request, record, conflict_version=0, name="version") -> int:
    """The version that the next save must refer to. For a form that was sent or kept, it's the version of that form."""
    sent = request.POST or page_language.typed_now()
    return conflict_version or (version_in(sent, name) if sent else record.version)


def rows_of(person) -> list[dict]:
    """The person's drafts, for the home page. Drafts of pages that they may no longer edit appear without their text."""
    return [_row(person, one) for one in drafts.drafts_of(person)]


def _row(person, one):
    is_open = drafts.is_open(person, one.page)
    typed = next((texts[0] for name in ("title", "name") if (texts := one.fields.get(name))), "").strip()
    heading = one.fields.get(HEADING, [""])[0]
    return {
        "title": heading[:200] if is_open and heading else gettext("A form that you can no longer open"),
        "line": f"“{typed[:80]}”" if is_open and typed and typed not in heading else "",
        "url": one.page if is_open else "",
        "drop": reverse("draft_drop", args=[one.pk]),
        "at": one.at,
    }


class _DropForm(forms.Form):
    was = forms.CharField(widget=forms.HiddenInput, required=False)


@never_cache
@require_http_methods(["GET", "POST"])
def delete_draft(request, pk):
    one = drafts.draft(request.user, pk)
    form = _DropForm(posted_data(request), initial={"was": one.at.isoformat()})
    to = one.page if request.GET.get("to") == "form" and drafts.is_open(request.user, one.page) else reverse("home")

    def act(data):
        drafts.delete_draft(by=request.user, pk=pk, was=data["was"])
        return gettext("Your unsaved text was discarded.")

    def page(_):
        title, at = _row(request.user, one)["title"], _moment(request, one.at)
        words = gettext("%(title)s. You typed this on %(at)s and didn’t save it. You can’t get it back.")
        return Step(
            title=gettext("Discard your unsaved text?"),
            text=words % {"title": title, "at": at},
            button=gettext("Discard text"),
            back=to,
        )

    return take_step(request, form, act, page, to=to, refused=lambda: seen_now(form, was=one.at.isoformat()))
