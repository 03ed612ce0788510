"""The language of a page: pages that a personal link or a printed code opens are translated, all others are in English.

The language is the one that was chosen on the page (`?lang=es`), or the one in which we email the reader, or the
browser's, or English. A page is translated if its view is marked with `translated`; `PageLanguage` does the rest.
"""

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers

from partnerships.core import languages

CHOSEN = "lang"  # in the query of a URL
SWITCH = (
    "switch"  # the button in the header, for a form: it's shown in the other language as it was typed, and not saved
)


def translated(view):
    """Decorator for a view whose pages are translated, with all that they say when something is wrong."""
    view.is_translated = True
    return view


def is_translated(request) -> bool:
    return getattr(getattr(request.resolver_match, "func", None), "is_translated", False)


def use(request, own: str = "") -> None:
    """Use the language of this page until the end of the request. `own`: the language that its reader asked for."""
    asked = next(filter(languages.is_supported, (request.GET.get(CHOSEN, ""), own)), "")
    translation.activate(
        languages.supported_or_default(asked) if asked else translation.get_language_from_request(request)
    )


def query(request) -> str:
    """The query that keeps the language that was chosen on the page, or "" if none was."""
    asked = request.GET.get(CHOSEN, "")
    return f"?{CHOSEN}={languages.supported_or_default(asked)}" if languages.is_supported(asked) else ""


def switches(request) -> list[dict]:
    """The languages for the switch in the header."""
    now = translation.get_language()
    return [
        {"code": code, "name": name, "is_current": code == now, "query": f"?{CHOSEN}={code}"}
        for code, name in settings.LANGUAGES
    ]


def typed(form) -> dict:
    """What was typed into a sent form, unchecked, as initial values of the same form in another language."""
    return {
        name: field.widget.value_from_datadict(form.data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }


class PageLanguage:
    """Middleware that uses the language of the browser for translated pages, before their views look up the reader's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with translation.override(settings.LANGUAGE_CODE):
            response = self.get_response(request)
            if is_translated(request):
                response["Content-Language"] = translation.get_language()
                patch_vary_headers(response, ["Accept-Language"])
        return response

    def process_view(self, request, view, args, kwargs):
        if is_translated(request):
            use(request)
