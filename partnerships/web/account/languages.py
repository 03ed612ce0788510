"""The language that your letters come in."""

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.accounts.actions import choose_language
from partnerships.core import languages
from partnerships.web.editing import saved, signed_in


class _LanguageForm(forms.Form):
    language = forms.ChoiceField(label="Language of letters", choices=languages.choices)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def language(request):
    data = request.POST if request.method == "POST" else None
    form = _LanguageForm(data, initial={"language": request.user.language})
    if form.is_bound and form.is_valid():
        choose_language(by=request.user, **form.cleaned_data)
        return saved(request, "Saved. It holds for letters from now on.", reverse("account"))
    context = {
        "title": "Language of your letters",
        "text": "Letters can come in another language. The pages stay in English for now.",
        "form": form,
        "button": "Save",
        "back": reverse("account"),
        "crumbs": [("Your account", reverse("account"))],
    }
    return render(request, "step.html", context, status=422 if form.errors else 200)
