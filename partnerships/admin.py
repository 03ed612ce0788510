"""Django's admin, where administrators edit the open vocabularies. Never register a model with private data here."""

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget

from partnerships.core.errors import ValidationError
from partnerships.core.languages import own_name, translated_to
from partnerships.directory import actions
from partnerships.directory.label_overrides import cleaned_translations
from partnerships.directory.models import IssueArea, Term

admin.site.site_header = admin.site.site_title = "Partnership Registry: list options"
admin.site.index_title = "Lists that staff can add to"
for model in list(admin.site._registry):
    admin.site.unregister(model)  # what libraries registered: groups, email addresses, authenticators, sessions
# People have no passwords, so the admin uses our sign-in.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth says to


class KeptKeys(admin.ModelAdmin):
    """A term has a permanent key and is retired, never deleted."""

    kept: tuple[str, ...] = ("key",)
    view_on_site = False

    def get_readonly_fields(self, request, obj=None):
        return self.kept if obj else ()

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Term)
class TermAdmin(KeptKeys):
    kept = ("key", "vocabulary")
    list_display = ("label", "vocabulary", "key", "position", "is_retired")
    list_filter = ("vocabulary", "is_retired")
    search_fields = ("label", "key")


class IssueAreaForm(forms.ModelForm):
    """An issue area, with its name in each other language of our pages."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code in translated_to():
            self.initial.setdefault(f"name_{code}", self.instance.translations.get(code, ""))

    def translations(self) -> dict[str, str]:
        return {code: text for code in translated_to() if (text := self.cleaned_data.get(f"name_{code}"))}

    def clean(self):
        try:
            cleaned_translations(self.translations(), IssueArea, "name")
        except ValidationError as problem:
            self.add_error(None, problem)
        return super().clean()


def _translated_name(code):
    return forms.CharField(
        label=f"Name in another language: {own_name(code)}",
        required=False,
        max_length=IssueArea._meta.get_field("name").max_length,
        help_text="Optional. Without it, pages in this language have our own translation, or the name in English.",
        widget=AdminTextInputWidget(attrs={"lang": code}),
    )


TRANSLATED_NAMES = {f"name_{code}": _translated_name(code) for code in translated_to()}


@admin.register(IssueArea)
class IssueAreaAdmin(KeptKeys):
    list_display = ("name", "key", "parent", "position")
    search_fields = ("name", "key")
    form = type("TranslatedForm", (IssueAreaForm,), {**TRANSLATED_NAMES})
    fields = ("key", "name", *TRANSLATED_NAMES, "parent", "about", "position")

    def save_model(self, request, obj, form, change):
        fields = {name: value for name, value in form.cleaned_data.items() if name not in TRANSLATED_NAMES}
        fields["translations"] = form.translations()
        before = IssueArea.objects.get(pk=obj.pk) if change else None
        saved = actions.save_issue_area(issue_area=before, by=request.user, fields=fields)
        obj.pk, obj.public_id = saved.pk, saved.public_id
