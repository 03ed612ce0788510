"""Forms for saved lists.

The hidden field `was` sends the name that the person saw. If it has changed since, the action does nothing.
"""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import SavedList
from partnerships.web.frame.forms.fields import field_of

FOR_ONESELF = "me"


class SavedListForm(forms.ModelForm):
    """`offices` are those that the list can be saved for. Without any, it's for the person only."""

    owner = forms.ChoiceField(label=_("Who can see it"), widget=forms.RadioSelect, initial=FOR_ONESELF)

    class Meta:
        model = SavedList
        fields = ("name",)
        labels = {"name": _("Name")}
        help_texts = {"name": _("For example, “Housing contracts that end soon”.")}

    def __init__(self, *args, offices, **kwargs):
        super().__init__(*args, **kwargs)
        self.offices = {one.public_id: one for one in offices}
        everyone = [(key, gettext("Everyone at %(office)s") % {"office": one}) for key, one in self.offices.items()]
        field_of(self, "owner", forms.ChoiceField).choices = [(FOR_ONESELF, gettext("Only me")), *everyone]
        if not offices:
            del self.fields["owner"]
        if "replaces" in self.data:
            self.offer_to_replace()

    def offer_to_replace(self):
        self.fields["replaces"] = forms.BooleanField(label=gettext("Yes, replace it with this list"), required=False)

    @property
    def chosen(self) -> dict:
        """The keyword arguments for the action."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "office": self.offices.get(data.get("owner")),
            "replaces": data.get("replaces", False),
        }


class _Seen(forms.Form):
    was = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)


class RenameForm(_Seen):
    name = SavedList._meta.get_field("name").formfield(label=_("Name"))
    field_order = ("name", "was")


class RemoveForm(_Seen):
    pass
