"""Forms of an organization: its fields, contacts and identifiers."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import languages
from partnerships.core.choices import Vocabulary
from partnerships.core.fields import ProseInput
from partnerships.directory import queries as directory
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.models import Contact, Identifier, Organization
from partnerships.directory.reference.vocabularies import term_name
from partnerships.web.frame.forms.entities import entity_text, look_up
from partnerships.web.frame.forms.fields import always_given, field_of, row_number
from partnerships.web.frame.forms.record import RenamingForm, Rows, fields_of

KEPT = _("Kept as long as the record. A public-records request may reach it.")
OPEN = "open-"  # prefix of the fields for who can see a field
WITH_READERS = Organization.PROFILE_FIELDS + Organization.PRIVATE_FIELDS


class ListingChoice(forms.RadioSelect):
    helps = {
        Listing.PROFILED: _("A public page shows your profile. Each field is shown only to the people you choose."),
        Listing.NAMED: _("People see only the name and side."),
        Listing.UNLISTED: _("It doesn’t appear in public: not on pages, in search or in downloads."),
    }


class OrganizationForm(RenamingForm):
    """`person` limits the offices that may keep the record, and `names` the fields.

    With `readers`, each profile field is followed by one for who can see it.
    """

    area = forms.CharField(
        label=_("Area served"),
        required=False,
        max_length=2000,
        widget=ProseInput(attrs={"rows": 2}),
        help_text=_("Jurisdictions by name or ID, one per line."),
    )

    may_count = forms.ChoiceField(
        label=_("If we’re unlisted, may our seats still count, without our name?"),
        choices=[
            ("yes", _("Yes, count them without our name")),
            ("no", _("No. Those partnerships then don’t show figures about seats.")),
        ],
        initial="yes",
        required=False,
        widget=forms.RadioSelect,
        help_text=_("This applies when you choose “Unlisted”."),
    )

    class Meta:
        model = Organization
        fields = fields_of("organization")
        widgets = {
            "side": forms.RadioSelect,
            "listing": ListingChoice,
            "issue_areas": forms.CheckboxSelectMultiple,
            "languages": forms.CheckboxSelectMultiple,
            "led_by": forms.CheckboxSelectMultiple,
            "communities": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args, person, names=None, readers=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self._offer()
        # The email domain lets new users in, so it has a page of its own.
        if names:
            self.fields["listing"].help_text = ""  # the page of the organization itself explains it
        if "may_count" in self.fields and "listing" not in (names or ()):
            del self.fields["may_count"]
        names = [*names, *({"may_count"} & self.fields.keys())] if names else None
        if names and "name" in names and "keeps_name" in self.fields:
            names.insert(names.index("name") + 1, "keeps_name")
        names = names or [name for name in self.fields if name != "mail_domain"]
        self.fields = {name: self.fields[name] for name in names}
        if readers:
            self._ask_for_readers()

    def _ask_for_readers(self):
        fields = {}
        for name, field in self.fields.items():
            fields[name] = field
            if name in WITH_READERS:
                if name in Organization.PRIVATE_FIELDS:
                    field.help_text = ""  # the field for who can see it explains it
                fields[OPEN + name] = forms.ChoiceField(
                    label=gettext("Who can see it: %(field)s") % {"field": field.label},
                    choices=Reader.choices,
                    initial=self.instance.reader_of(name),
                    help_text=KEPT,
                )
                always_given(fields[OPEN + name])
        self.fields = fields

    def _offer(self):
        offices = directory.jurisdictions_of_editor(self.person)
        if self.instance.kept_by_id:
            offices = offices | offices.model.objects.filter(pk=self.instance.kept_by_id)
        field_of(self, "kept_by", forms.ModelChoiceField).queryset = offices.distinct()
        self.fields["kept_by"].required = True
        self.fields["kept_by"].label = _("Kept by")
        self.fields["address"].widget.attrs["rows"] = 2
        if self.instance.pk and "area" not in (self.initial or {}):
            self.initial["area"] = self.instance.area.all()
        if not isinstance(self.initial.get("area", ""), str):
            self.initial["area"] = "\n".join(entity_text(place) for place in self.initial["area"])

    def clean_area(self):
        lines = [line.strip() for line in self.cleaned_data["area"].splitlines() if line.strip()]
        return [look_up(line, self.person, "J") for line in lines[:50]]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if "listing_source" in self.fields and cleaned.get("listing") == "named" and not cleaned.get("listing_source"):
            self.add_error("listing_source", gettext("Say where its name is already public, or choose “Unlisted”."))
        return cleaned


class _RowForm(forms.ModelForm):
    """A row that belongs to the organization. The action validates it."""

    WORD = _("Number")
    id = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.legend = f"{self.WORD} {row_number(self)}"

    @property
    def summary(self) -> str:
        shown = "name" if "name" in self.fields else "value"
        return str(self[shown].value() or "")

    def _post_clean(self):
        pass

    def as_row(self):
        data = dict(self.cleaned_data)
        ignored = {"id", "visible_to", "scheme", "language"}
        if data.pop("DELETE", False) or not any(value for name, value in data.items() if name not in ignored):
            return None
        return {key: value for key, value in data.items() if key != "id" or value}


class ContactForm(_RowForm):
    WORD = _("Contact")
    language = forms.ChoiceField(label=_("Email language"), choices=languages.choices, initial="en")

    class Meta:
        model = Contact
        fields = ("name", "role", "email", "phone", "note", "language", "visible_to")
        labels = {
            "name": _("Name"),
            "role": _("Role"),
            "email": _("Email"),
            "phone": _("Phone"),
            "note": _("Note"),
        }
        help_texts = {"visible_to": KEPT}

    def __init__(self, *args, owner, **kwargs):
        super().__init__(*args, **kwargs)
        roles = field_of(self, "role", forms.ModelChoiceField)
        roles.label_from_instance = term_name  # type: ignore[method-assign, assignment]
        kept = owner.contacts.order_by().values("role") if owner.pk else []
        roles.queryset = directory.terms(Vocabulary.CONTACT_ROLE, kept=kept)
        self.fields["visible_to"].label = _("Who can see it")
        always_given(self.fields["language"])
        always_given(self.fields["visible_to"])


class IdentifierForm(_RowForm):
    WORD = _("Identifier")

    class Meta:
        model = Identifier
        fields = ("scheme", "value")
        labels = {"scheme": _("System"), "value": _("Value")}


ContactFormSet = forms.formset_factory(
    ContactForm, formset=Rows, extra=1, can_delete=True, max_num=50, validate_max=True
)
IdentifierFormSet = forms.formset_factory(
    IdentifierForm, formset=Rows, extra=1, can_delete=True, max_num=20, validate_max=True
)


def row_initial(row, names) -> dict:
    return {name: getattr(row, f"{name}_id" if name == "role" else name) for name in names} | {"id": row.pk}
