"""The language of a person's emails."""

from django import forms
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.accounts.actions import choose_language
from partnerships.core import languages
from partnerships.web.editing import signed_in
from partnerships.web.steps import Step, posted_data, take_step


class _LanguageForm(forms.Form):
    language = forms.ChoiceField(label="Email language", choices=languages.choices)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def language(request):

    def act(data):
        choose_language(by=request.user, **data)
        return "Saved. This applies to emails from now on."

    def page(_):
        return Step(
            title="Email language",
            text=(
                "We can email you in another language. Pages that you open by a link in an email follow it. All others are in"
                " English for now."
            ),
            button="Save",
            back=reverse("account"),
            crumbs=[("Your account", reverse("account"))],
        )

    form = _LanguageForm(posted_data(request), initial={"language": request.user.language})
    return take_step(request, form, act, page, to=reverse("account"))
