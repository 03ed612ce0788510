"""The language of a person's emails and pages."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.accounts.actions import choose_language
from partnerships.core import languages
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import signed_in
from partnerships.web.frame.steps import Step, posted_data, take_step


class _LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=languages.choices)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def language(request):

    def act(data):
        choose_language(by=request.user, **data)
        page_language.use(request)
        page_language.forget(request)
        return gettext("Saved. This applies to emails and pages from now on.")

    def page(_):
        return Step(
            title=gettext("Language"),
            text=gettext(
                "We email you in this language, and pages are in it, too. Where we don’t have it yet, they’re in English."
            ),
            button=gettext("Save"),
            back=reverse("account"),
            crumbs=[(gettext("Your account"), reverse("account"))],
        )

    form = _LanguageForm(posted_data(request), initial={"language": request.user.language})
    to = "home" if "asked" in request.POST else "account"
    return take_step(request, form, act, page, to=reverse(to))
