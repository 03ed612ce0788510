"""The language of a page.

It's the one that the link names (`?lang=es`), or that of the reader's account, or the one that the switch in the header
left in a cookie, or the browser's, or English. A redirect keeps the language that the link names (`_keep`). Every page follows
it, also error pages. Only files, feeds and what programs read stay in English: `english_only` marks their views.
"""

from contextvars import ContextVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import QueryDict
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from partnerships.accounts.actions import choose_language
from partnerships.core import languages
from partnerships.core.filters import LANGUAGE as CHOSEN

# The button in the header of a page with a form, or for someone who is signed in. The page is shown in the other
# language with what was typed, and nothing but the language is saved.
SWITCH = "switch"
_NOT_TYPED = (SWITCH, "csrfmiddlewaretoken", "form_key")
# The API is for programs. The admin pages of vocabularies are Django's own, with texts that aren't in our catalog.
_ENGLISH_ONLY = ("/api/", "/vocabularies/")

_typed_now: ContextVar[QueryDict | None] = ContextVar("typed_now", default=None)


def english_only(view):
    """Decorator for a view of a file, a feed, or an answer for programs, which is the same for readers of all languages."""
    view.is_english_only = True
    return view


def by_link(view):
    """Decorator for a view that a personal link or a printed code opens. Its header has no menu.

    Accounts and cookies don't count there. The view says which language its reader asked for (`use`).
    """
    view.is_by_link = True
    return view


def _follows_reader(request, view) -> bool:
    """Whether the answer of this view is in the reader's language."""
    return not getattr(view, "is_english_only", False) and not request.path_info.startswith(_ENGLISH_ONLY)


def is_by_link(request) -> bool:
    return getattr(getattr(getattr(request, "resolver_match", None), "func", None), "is_by_link", False)


def use(request, own: str = "") -> None:
    """Use the language of this page until the end of the request. `own`: the language that its reader asked for."""
    request.is_in_own_language = True
    if not is_by_link(request):
        own = getattr(getattr(request, "user", None), "language", "")
    asked = next(filter(languages.is_supported, (_named(request), own)), "")
    translation.activate(
        languages.supported_or_default(asked) if asked else translation.get_language_from_request(request)
    )


def use_for_error(request) -> None:
    """Use the reader's language for an error page, also where no view was found or the view is in English only."""
    if not getattr(request, "is_in_own_language", False):
        use(request)


def is_english() -> bool:
    """Whether this page is in English, the language of our sources."""
    return translation.get_language() == settings.LANGUAGE_CODE


def _named(request) -> str:
    """The language that the link names; of a form that opened within a page, that of the page's link."""
    asked = request.GET.get(CHOSEN, "")
    if asked or not getattr(request, "htmx", None):
        return asked
    return QueryDict(urlsplit(request.htmx.current_url or "").query).get(CHOSEN, "")


def chosen(request) -> str:
    """The language that the link names, or "" if it names none that we have."""
    asked = _named(request)
    return languages.supported_or_default(asked) if languages.is_supported(asked) else ""


def forget(request) -> None:
    """The reader has just chosen a language: where this request leads, that of its link no longer counts."""
    request.forgets_language = True


def query(request) -> str:
    """The query string that keeps the language of the link, or "" if it has none.

    A personal link also keeps its reader's language, since the next page can't tell it from an account or a cookie.
    """
    asked = chosen(request)
    if not asked and is_by_link(request) and not is_english():
        asked = translation.get_language()
    return f"?{CHOSEN}={asked}" if asked else ""


def to_ask(request) -> str:
    """Another language of ours in which this browser reads, if the person who is signed in hasn't said yet which one they want;
    otherwise "". They are asked once.
    """
    person = request.user
    if not person.is_authenticated or person.has_chosen_language or person.language != settings.LANGUAGE_CODE:
        return ""
    language = languages.supported_or_default(translation.get_language_from_request(request))
    return "" if language == person.language else language


def switches(request) -> list[dict]:
    """The languages for the switch in the header, each with the query of this page in it."""
    now, params = translation.get_language(), request.GET.copy()
    found = []
    for code, name in settings.LANGUAGES:
        params[CHOSEN] = code
        found.append({"code": code, "name": name, "is_current": code == now, "query": f"?{params.urlencode()}"})
    return found if len(found) > 1 else []


def typed(form) -> dict:
    """What was typed into a sent form, unchecked, as initial values of the same form in another language."""
    return {name: _typed(form[name], form.data) for name in form.fields}


def show_typed(bound) -> None:
    """Give a field of an unsent form what was typed into it, if the page was switched to another language."""
    data, form = _typed_now.get(), bound.form
    if data is None or form.is_bound or not any(form.add_prefix(name) in data for name in form.fields):
        return
    form.initial[bound.name] = _typed(bound, data)
    bound.__dict__.pop("initial", None)  # where Django keeps the value from before


def typed_now() -> QueryDict | None:
    """What was typed, if this page is shown again, in another language."""
    return _typed_now.get()


def is_checked_now(name: str, value: str, is_checked: bool = False) -> bool:
    """Whether a box or button of a form without fields is checked, also on a page in another language."""
    data = _typed_now.get()
    return bool(is_checked) if data is None else value in data.getlist(name)


def text_now(name: str, text: str = "") -> str:
    """The text of an input of a form without fields, also on a page in another language."""
    data = _typed_now.get()
    return text if data is None else data.get(name, text)


def _typed(bound, data):
    return bound.field.widget.value_from_datadict(data, {}, bound.html_name)


class PageLanguage:
    """Middleware that uses the reader's language for pages and their errors, and English for files and programs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with translation.override(settings.LANGUAGE_CODE):
            response = self.get_response(request)
            if getattr(request, "is_in_own_language", False):
                response["Content-Language"] = translation.get_language()
                patch_vary_headers(
                    response, ["Accept-Language"] if is_by_link(request) else ["Accept-Language", "Cookie"]
                )
                if not getattr(request, "forgets_language", False):
                    _keep(request, response)
                if not is_by_link(request) and (language := chosen(request)):
                    _remember(response, language)
        return response

    def process_view(self, request, view, args, kwargs):
        if _follows_reader(request, view):
            use(request)


def _keep(request, response) -> None:
    """Keep the language that the link names, or the reader of a personal link has, on the page that the response leads to.

    Without this, someone who followed a Spanish link would be back in the language of their account after saving.
    """
    for header in ("Location", "HX-Redirect"):
        if header in response:
            response[header] = kept(request, response[header])


def kept(request, address: str) -> str:
    """The address of one of our pages with the language that the link of this request names. Others stay as they are."""
    asked, parts = query(request).removeprefix("?"), urlsplit(address)
    is_own = address.startswith("/") and not parts.netloc
    if not asked or not is_own or CHOSEN in QueryDict(parts.query):
        return address
    return parts._replace(query="&".join(filter(None, (parts.query, asked)))).geturl()


def _remember(response, language) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    patch_cache_control(response, private=True)


class LanguageSwitch:
    """Middleware for the buttons of the switch in the header. It comes after the CSRF check.

    The view gets the request as if its page was opened. `show_typed` fills in what was typed.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = _typed_now.set(None)
        try:
            return self.get_response(request)
        finally:
            _typed_now.reset(token)

    def process_view(self, request, view, args, kwargs):
        if request.method != "POST" or not _follows_reader(request, view) or is_by_link(request):
            return None  # and leave the body unread, which the API reads itself
        if SWITCH not in request.POST:
            return None
        language, person = chosen(request), request.user
        if language and person.is_authenticated and languages.is_supported(person.language):
            choose_language(by=person, language=language)
        if not any(
            text.strip() for name in request.POST if name not in _NOT_TYPED for text in request.POST.getlist(name)
        ):
            forget(request)
            return redirect(_without_language(request))
        _typed_now.set(request.POST)
        request.method, request.POST = "GET", QueryDict()
        return None


def _without_language(request) -> str:
    params = request.GET.copy()
    params.pop(CHOSEN, None)
    return request.path + (f"?{params.urlencode()}" if params else "")
