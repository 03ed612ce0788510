"""The context processor of all templates: `frame`, with the menus in the header and footer."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.queries import frame_facts
from partnerships.core.access import belongs_somewhere, is_administrator, is_staff, may_write_somewhere
from partnerships.core.types import Text
from partnerships.directory import label_overrides
from partnerships.directory.site_texts import PAGES
from partnerships.web.frame import page_language


def _everyone(person) -> bool:
    return True


def _signed_in(person) -> bool:
    return bool(person and person.is_authenticated)


def _belongs(person) -> bool:
    return _signed_in(person) and belongs_somewhere(person)


def _only_visits(person) -> bool:
    return not _belongs(person)


@dataclass(frozen=True)
class Entry:
    """An entry of a menu: its label, the name of its URL, and who has it.

    `more`: beginnings of the names of URLs that belong to it. `query`: of its URL.
    """

    label: Text
    name: str
    more: tuple[str, ...] = ()
    may: Callable = _everyone
    query: str = ""


@dataclass(frozen=True)
class Menu:
    """A menu that opens: its label and its entries. Who has none of them doesn't have it."""

    label: Text
    entries: tuple[Entry, ...]


MENU: tuple[Entry | Menu, ...] = (
    Entry(_("Partnerships"), "partnerships", ("partnership",)),
    Entry(_("Organizations"), "organizations", ("organization",)),
    Entry(_("Meetings"), "meetings", ("meeting", "calendar")),
    Entry(_("Results"), "results", ("result",)),
    Entry(_("Network"), "network", ("network",)),
    Menu(
        _("Work"),
        (
            Entry(_("Interactions"), "interactions", ("interaction",), _belongs),
            Entry(_("My action items"), "account_actions", ("action",), _belongs),
            Entry(_("All action items"), "actions", (), _belongs),
            Entry(_("Responses due"), "rounds", (), _belongs, "?show=owed"),
            Entry(_("Rounds"), "rounds", ("round", "portfolio"), _belongs),
            Entry(_("Imports"), "imports", ("import",), may_write_somewhere),
            Entry(_("Reports"), "reports", ("report", "profile_new", "own_report"), _belongs),
            Entry(_("Plans"), "plans", ("plan", "outcome"), _belongs),
            Entry(_("Coverage"), "coverage", ("coverage",), _belongs),
            Entry(_("Saved lists"), "account_lists", ("saved_list",), _belongs),
        ),
    ),
    Menu(
        _("Office"),
        (
            Entry(
                _("People and settings"), "office", ("member", "webhook", "service", "keeping", "own_word"), _belongs
            ),
            Entry(_("Outbox"), "outbox", ("email", "suppression"), is_staff),
            Entry(_("Suggestions"), "suggestions", ("suggestion",), _belongs),
            Entry(_("Claims"), "claims", ("claim",), _belongs),
            Entry(_("Users"), "people", ("person",), is_administrator),
            Entry(_("List options"), "word_lists", ("word_", "term_"), is_administrator),
            Entry(_("Pages about this site"), "site_texts", ("site_text",), is_administrator),
        ),
    ),
    Menu(
        _("Browse"),
        (
            Entry(_("Issue areas"), "issue_areas", ("issue_area",)),
            Entry(_("Jurisdictions"), "jurisdictions", ("jurisdiction", "population")),
            Entry(_("Departments"), "departments", ("department",)),
            Entry(_("Measures"), "measures", ("measure", "indicator")),
            Entry(_("Activities"), "activities", ("activity", "gain")),
            # Those who belong somewhere have them under “Work”.
            Entry(_("Plans"), "plans", ("plan", "outcome"), _only_visits),
            Entry(_("Coverage"), "coverage", ("coverage",), _only_visits),
        ),
    ),
)
SIGNED_IN = Entry(
    _("Your account"),
    "account",
    ("account_token", "account_calendar", "account_emails", "account_following", "account_language", "account_erase"),
)
STRANGER = Entry(_("Sign in"), "account_login", ("account_confirm_login_code",))
FOOT = {
    _("About"): (
        (_("How this registry works"), "about"),
        (_("Glossary"), "words"),
        (PAGES["contact"], "site_contact"),
        (PAGES["accessibility"], "site_accessibility"),
    ),
    _("Your data and ours"): (
        (PAGES["privacy"], "site_privacy"),
        (PAGES["terms"], "site_terms"),
        (PAGES["data-license"], "site_data-license"),
        (_("For developers"), "developers"),
    ),
}  # heading → (label, name of the URL)


def site(request):
    return {"frame": Frame(request)}


class Frame:
    """Lazy, so that responses without a template, such as those of the API, don't pay for it."""

    def __init__(self, request):
        self.person = getattr(request, "user", None)
        match = getattr(request, "resolver_match", None)
        self.here = match.url_name if match else None
        self.home = reverse("home")
        self.request = request

    @property
    def is_signed_in(self) -> bool:
        return _signed_in(self.person)

    @property
    def menu(self) -> list[dict]:
        """The entries that the person has. Those of a menu that opens are in its `entries`."""
        shown = []
        for entry in MENU:
            if isinstance(entry, Entry):
                shown += self._menu_entries(entry)
            elif entries := [one for inner in entry.entries for one in self._menu_entries(inner)]:
                current = "true" if any(one["current"] for one in entries) else ""
                shown.append({"label": entry.label, "entries": entries, "current": current})
        return shown

    @property
    def account(self) -> dict:
        """The entry for the person's own account, or for signing in."""
        return self._menu_entries(SIGNED_IN if self.is_signed_in else STRANGER)[0]

    def _menu_entries(self, entry):
        if not entry.may(self.person):
            return []
        url = reverse(entry.name) + entry.query
        return [{"label": entry.label, "url": url, "current": self._current(entry)}]

    def _current(self, entry):
        """The value of aria-current: “page” on the page itself, “true” on a page that belongs to it."""
        if self.here == entry.name and not entry.query:
            return "page"
        return "true" if self.here and self.here.startswith(entry.more) else ""

    @property
    def foot(self) -> list[dict]:
        return [
            {"title": title, "entries": [{"label": label, "url": reverse(name)} for label, name in entries]}
            for title, entries in FOOT.items()
        ]

    @property
    def provider(self) -> str:
        """The name of the OpenID Connect provider, or "" if there is none."""
        return settings.OIDC["name"] if settings.OIDC else ""

    @property
    def is_by_link(self) -> bool:
        """Whether a personal link or a printed code opened this page: it has no menu."""
        return page_language.is_by_link(self.request)

    @property
    def saves_language(self) -> bool:
        """Whether the switch of languages saves the choice in the person’s account."""
        return not self.is_by_link and self.is_signed_in

    @property
    def language_to_ask(self) -> str:
        """The language about which the person is asked on this page, or ""."""
        return page_language.to_ask(self.request)

    @property
    def languages(self) -> list[dict]:
        return page_language.switches(self.request)

    @property
    def language_query(self) -> str:
        return page_language.query(self.request)

    @property
    def chosen_language(self) -> str:
        """The language that the link names, or "" if it names none."""
        return page_language.chosen(self.request)

    @property
    def address(self) -> str:
        """The URL of this page, for its forms, in the language that was chosen on the page."""
        return f"{self.request.path}{self.language_query}"

    @property
    def sign_in_here(self) -> str:
        """The URL of the sign-in page that leads back here, both in the language of this page."""
        asked = parse_qsl(self.language_query.removeprefix("?"))
        return f"{reverse('account_login')}?{urlencode([('next', self.address), *asked], safe='/')}"

    @property
    def has_sample(self) -> bool:
        has_sample, version = frame_facts()
        label_overrides.reload_if_changed(version)  # before the template renders any label
        return has_sample
