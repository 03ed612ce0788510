"""The pages about the site, in the registry's own text or an administrator's, and their edit pages."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory import site_texts
from partnerships.web.frame.editing import add_errors, redirect_after_save, seen_now, status_of
from partnerships.web.public.forms import SiteTextForm

TITLE = _("Pages about this site")


@require_safe
def page(request, key):
    context = {
        "title": site_texts.PAGES[key],
        "row": site_texts.site_text(key),
        "own_text": _own_text(key),
        "edit_url": reverse("site_text", args=[key]) if site_texts.may_write_site_texts(request.user) else "",
    }
    return render(request, "public/site_text.html", context)


def _own_text(key):
    return f"public/texts/{key}.html"


def page_url(key) -> str:
    return reverse(f"site_{key}")


def _for_administrators(request):
    if not site_texts.may_write_site_texts(request.user):
        raise NotFound


@never_cache
@require_safe
def texts(request):
    _for_administrators(request)
    rows = [(title, page_url(key), reverse("site_text", args=[key])) for key, title in site_texts.PAGES.items()]
    return render(request, "office/site_texts.html", {"title": TITLE, "rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request, key):
    _for_administrators(request)
    row = site_texts.site_text(key)
    before = {"text": row.text, "was": site_texts.fingerprint(row)}
    form, theirs = SiteTextForm(request.POST if request.method == "POST" else None, initial=before), ""
    if form.is_bound and form.is_valid():
        try:
            site_texts.save_site_text(by=request.user, key=key, **form.cleaned_data)
        except ValidationError as problem:
            add_errors(problem, form)
            current = site_texts.site_text(key)
            theirs = current.text or gettext("The registry’s own text.")
            seen_now(form, was=site_texts.fingerprint(current))
        else:
            return redirect_after_save(request, gettext("Saved. Everyone can read it now."), page_url(key))
    context = {
        "title": gettext("Edit page: %(page)s") % {"page": site_texts.PAGES[key]},
        "form": form,
        "theirs": theirs,
        "own_text": _own_text(key),
        "back": page_url(key),
        "crumbs": [(TITLE, reverse("site_texts"))],
    }
    return render(request, "office/site_text.html", context, status=status_of(form))
