"""The context processor of all templates: `frame`, with the menus in the header and footer."""

from django.conf import settings
from django.urls import reverse

from partnerships.accounts.queries import frame_facts
from partnerships.core.access import is_administrator, is_staff
from partnerships.directory import label_overrides
from partnerships.insight.network_rules import may_see_networks

# (label, name of its URL, beginnings of the URL names that belong to it)
PUBLIC_MENU = (
    ("Partnerships", "partnerships", ("partnership",)),
    ("Organizations", "organizations", ("organization", "import")),
    ("Jurisdictions", "jurisdictions", ("jurisdiction", "department")),
    ("Issue areas", "issue_areas", ("issue_area",)),
    ("Results", "results", ("result", "measures", "measure", "activities")),
    ("Meetings", "meetings", ("meeting",)),
)
NETWORK_MENU = (("Network", "network", ("coverage",)),)
STAFF_MENU = (("Outbox", "outbox", ("letter", "letter_kinds", "letter_preview", "suppressions", "suppression_end")),)
ADMINISTRATOR_MENU = (("People", "people", ("person",)), ("List options", "word_lists", ("word_list",)))
SIGNED_IN = (
    ("Your account", "account", ("account_token", "account_actions", "action", "account_lists", "saved_list")),
)
STRANGER = (("Sign in", "account_login", ("account_confirm_login_code",)),)
FOOT = (("How this registry works", "about"), ("Glossary", "words"), ("For developers", "developers"))


def site(request):
    return {"frame": Frame(request)}


class Frame:
    """Lazy, so that responses without a template, such as those of the API, don't pay for it."""

    def __init__(self, request):
        self.person = getattr(request, "user", None)
        match = getattr(request, "resolver_match", None)
        self.here = match.url_name if match else None
        self.home = reverse("home")

    @property
    def is_signed_in(self) -> bool:
        return bool(self.person and self.person.is_authenticated)

    @property
    def menu(self) -> list[dict]:
        entries = list(PUBLIC_MENU)
        if self.is_signed_in:
            entries += NETWORK_MENU if may_see_networks(self.person) else ()
            entries += STAFF_MENU if is_staff(self.person) else ()
            entries += ADMINISTRATOR_MENU if is_administrator(self.person) else ()
            entries += SIGNED_IN
        else:
            entries += STRANGER
        return [
            {"label": label, "url": reverse(name), "current": self._current(name, more)}
            for label, name, more in entries
        ]

    def _current(self, name, more):
        """The value of aria-current: “page” on the page itself, “true” on a page that belongs to it."""
        if self.here == name:
            return "page"
        return "true" if self.here and self.here.startswith(more) else ""

    @property
    def foot(self) -> list[dict]:
        return [{"label": label, "url": reverse(name)} for label, name in FOOT]

    @property
    def provider(self) -> str:
        """The name of the OpenID Connect provider, or "" if there is none."""
        return settings.OIDC["name"] if settings.OIDC else ""

    @property
    def has_sample(self) -> bool:
        has_sample, version = frame_facts()
        label_overrides.reload_if_changed(version)  # before the template renders any label
        return has_sample
