"""Django's admin, where administrators edit the open vocabularies. Never register a model with private data here."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from partnerships.directory import actions
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


@admin.register(IssueArea)
class IssueAreaAdmin(KeptKeys):
    list_display = ("name", "key", "parent", "position")
    search_fields = ("name", "key")
    fields = ("key", "name", "parent", "about", "position")

    def save_model(self, request, obj, form, change):
        fields = {name: form.cleaned_data[name] for name in form.cleaned_data if name in self.fields}
        before = IssueArea.objects.get(pk=obj.pk) if change else None
        saved = actions.save_issue_area(issue_area=before, by=request.user, fields=fields)
        obj.pk, obj.public_id = saved.pk, saved.public_id
