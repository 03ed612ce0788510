"""All kinds of email, for staff: when each is sent, who gets it, and what it looks like, with made-up content."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core.access import is_staff
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.filters import refuse_unknown
from partnerships.notifications import accounts
from partnerships.notifications.email_samples import SAMPLES, preview
from partnerships.web.frame import page_language
from partnerships.web.frame.words import label

KNOWN = ("kind", "language", "case")


@never_cache
@require_safe
def kinds(request):
    _only_staff(request)
    _asked_for(request.GET, ())
    rows = [(_url("email_preview", kind=kind), kind, sample) for kind, sample in SAMPLES.items()]
    context = {
        "rows": [row for row in rows if row[1] not in accounts.WRITERS],
        "about_accounts": [row for row in rows if row[1] in accounts.WRITERS],
        "crumbs": [(gettext("Outbox"), reverse("outbox"))],
    }
    return render(request, "outbox/kinds.html", context)


@never_cache
@require_safe
def email_preview(request):
    _only_staff(request)
    kind, language, _ = _asked_for(request.GET, KNOWN[:2])
    cases = [
        (case.name, preview(kind, case, language), _url("email_html", kind=kind, language=language, case=index))
        for index, case in enumerate(SAMPLES[kind].cases)
    ]
    context = {
        "kind": kind,
        "language": language,
        "sample": SAMPLES[kind],
        "cases": cases,
        "languages": [
            (words, _url("email_preview", kind=kind, language=code), code == language, code)
            for code, words in settings.LANGUAGES
        ],
        "crumbs": [(gettext("Outbox"), reverse("outbox")), (gettext("Types of email"), reverse("email_kinds"))],
    }
    return render(request, "outbox/preview.html", context)


@page_language.english_only
@never_cache
@require_safe
def email_html(request):
    """The HTML part alone, as an email program shows it. Nothing is loaded, run or sent."""
    _only_staff(request)
    kind, language, index = _asked_for(request.GET, KNOWN)
    answer = HttpResponse(preview(kind, SAMPLES[kind].cases[index], language).html)
    answer["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'none'; sandbox"
    )
    return answer


def _only_staff(request):
    if not is_staff(request.user):
        raise NotFound


def _asked_for(params, known):
    """(kind, language, index of the case), each with the first one as the default.

    Raises ValidationError or UnknownParameters.
    """
    refuse_unknown(params, known)
    kind = params.get("kind") or next(iter(SAMPLES))
    if kind not in SAMPLES:
        raise ValidationError({"kind": gettext("Known kinds: %(names)s.") % {"names": ", ".join(SAMPLES)}})
    languages = dict(settings.LANGUAGES)
    language = params.get("language") or next(iter(languages))
    if language not in languages:
        raise ValidationError({"language": gettext("Known languages: %(names)s.") % {"names": ", ".join(languages)}})
    numbers = [str(index) for index in range(len(SAMPLES[kind].cases))]
    case = params.get("case") or "0"
    if case not in numbers:
        raise ValidationError(
            {
                "case": gettext("%(kind)s has the texts %(names)s.")
                % {"kind": label(kind, "email_kind"), "names": ", ".join(numbers)}
            }
        )
    return kind, language, int(case)


def _url(page, **params):
    return reverse(page) + "?" + "&".join(f"{name}={value}" for name, value in params.items())
