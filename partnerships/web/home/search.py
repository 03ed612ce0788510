"""The one search box: its page with matches of every kind, and the suggestions below the box."""

from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partnerships.core import search as text_search
from partnerships.core.errors import NotFound
from partnerships.core.filters import LONGEST_QUERY, refuse_unknown
from partnerships.core.languages import in_each_language
from partnerships.core.search_snippets import marked, snippet
from partnerships.core.types import Text
from partnerships.directory.models import body_of
from partnerships.directory.reference.vocabularies import term_name
from partnerships.directory.rules import fields_shown
from partnerships.interactions.choices import InteractionKind
from partnerships.interactions.rules import may_log
from partnerships.records import finding
from partnerships.registry.document_queries import documents_by_id
from partnerships.web.components.interactions import new_url, when_words
from partnerships.web.components.meetings import due_words
from partnerships.web.components.members import people_url
from partnerships.web.components.partnerships import texts_of
from partnerships.web.frame.words import closed_words, day, label

_TO_LOG_WITH = ("organization", "department", "jurisdiction", "contact")
SHOWN = 5  # of each kind, on the page with all kinds
SHOWN_OF_ONE = 50  # on the page of one kind
WORDS_OFFERED = 6  # one by one, if there is no match
SUGGESTED, SUGGESTED_OF_ONE = 8, 3
LEAST = 2  # characters
_REASONS = {
    finding.FORMER_NAME: _("Former name"),
    finding.MERGED_NAME: _("Former name"),
    finding.EMAIL: _("Email address"),
    finding.SPANISH_WORD: _("Word in Spanish"),
    finding.ID: _("ID"),
}


@dataclass(frozen=True)
class Section:
    """How one group is headed. `kinds`: of `finding`. `list`: the name of the list that searches the same records."""

    label: Text
    kinds: tuple[str, ...]
    list: str = ""


SECTIONS = {
    "partnerships": Section(_("Partnerships"), ("partnership",), "partnerships"),
    "organizations": Section(_("Organizations"), ("organization",), "organizations"),
    "issues": Section(_("Issue areas"), ("issue_area",)),
    "departments": Section(_("Departments"), ("department",), "departments"),
    "jurisdictions": Section(_("Jurisdictions"), ("jurisdiction",), "jurisdictions"),
    "meetings": Section(_("Meetings"), ("meeting",), "meetings"),
    "actions": Section(_("Action items"), ("action",)),
    "interactions": Section(_("Interactions"), ("interaction",)),
    "results": Section(_("Results"), ("result",)),
    "measures": Section(_("Measures"), ("measure",)),
    "people": Section(_("People"), ("account", "member", "contact")),
    "types": Section(_("Types to filter by"), ("value",)),
}


@require_safe
def page(request):
    """All matches. `kind` shows one section, with more of it."""
    refuse_unknown(request.GET, ("q", "kind", "exact"))
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    if kind and kind not in SECTIONS:
        raise NotFound
    context = {"q": text, "problem": problem_of(text), "section": SECTIONS.get(kind), "all_url": _url(q=text)}
    if text and not context["problem"]:
        context |= _search_context(request, text, kind)
        if kind and SECTIONS[kind].list:
            context["list_url"] = f"{reverse(SECTIONS[kind].list)}?{urlencode({'q': text})}"
    context["heading"] = _heading(context.get("matches", ""), text, context["section"])
    context["title"] = _heading(context.get("matches", ""), Truncator(text).chars(60), context["section"])
    return render(request, "search/page.html", context, status=400 if len(text) > LONGEST_QUERY else 200)


@require_safe
def suggestions(request):
    """The first matches, for the list below the search box: a part of a page."""
    refuse_unknown(request.GET, ("q",))
    text = request.GET.get("q", "").strip()
    context = {"q": text}
    if text and not problem_of(text):
        found, sections = _found_to_log(request.user, text, SUGGESTED_OF_ONE)
        if not sections:
            found = finding.find(request.user, text, most=SUGGESTED_OF_ONE)
            sections = sections_of(request.user, found, "")
        context |= {
            "sections": first_of_each(sections, SUGGESTED),
            "see": _see_all(found, text),
            "all_url": _url(q=text),
        }
    return render(request, "search/suggestions.html", context)


def _heading(matches, text, section) -> str:
    if not matches:
        return gettext("Search")
    words = gettext("%(matches)s for “%(text)s”") % {"matches": matches, "text": text}
    return f"{words}: {section.label}" if section else words


def first_of_each(sections, most) -> list[dict]:
    """The sections with `most` matches in all, numbered: the first of each section, then the second of each."""
    places = [(place, n) for n, section in enumerate(sections) for place in range(len(section["hits"]))]
    chosen = {(n, place) for place, n in sorted(places)[:most]}
    number = 0
    for n, section in enumerate(sections):
        section["hits"] = [hit for place, hit in enumerate(section["hits"]) if (n, place) in chosen]
        for hit in section["hits"]:
            number += 1
            hit["number"] = number
    return [section for section in sections if section["hits"]]


def problem_of(text) -> str:
    """What to do about a text that can't be searched for, or ""."""
    if len(text) > LONGEST_QUERY:
        words = gettext("Your search is too long. Shorten it to %(most)s characters.")
        return words % {"most": LONGEST_QUERY}
    written = "".join(text_search.split_words(text))
    if text and not written:
        return gettext("Type a word or a number. We can’t search for punctuation alone.")
    if text and len(written) < LEAST and written.isascii():
        return gettext("Type at least %(least)s characters.") % {"least": LEAST}
    return ""


def _search_context(request, text, kind):
    exact = request.GET.get("exact") == "yes"
    most, only = (SHOWN_OF_ONE, SECTIONS[kind].kinds) if kind else (SHOWN, finding.KINDS)
    found, sections = ([], []) if kind else _found_to_log(request.user, text, most)
    if not sections:
        found = finding.find(request.user, text, most=most, exact=exact, only=only)
        sections = sections_of(request.user, found, text)
    return {
        "sections": sections,
        "matches": _matches(found),
        "corrected": _corrected_text(found.query),
        "exact_url": _url(q=text, exact="yes", **({"kind": kind} if kind else {})),
        "fewer": [] if found.total else _each_word(text),
    }


def _found_to_log(person, text, most):
    """Who an interaction can be logged with, for a text like “log a call with the tenants”: what was found, and sections.

    Both are empty for other texts, for people who log none, and if no one has the name.
    """
    start, *said = text.casefold().split()
    if start not in in_each_language(lambda: gettext("log")) or not said or not may_log(person):
        return None, []
    kinds = {
        name.casefold(): key for key, words in InteractionKind.choices for name in in_each_language(partial(str, words))
    }
    fillers = set(" ".join(in_each_language(lambda: gettext("a an with the to from"))).split())
    kind = ""
    while said and (said[0] in fillers or said[0] in kinds):
        kind = kinds.get(said.pop(0), kind)
    name = " ".join(text.split()[-len(said) :]) if said else ""
    if not name or problem_of(name):
        return None, []
    found = finding.find(person, name, most=most, only=_TO_LOG_WITH)
    sections = sections_of(person, found, "")
    for section in sections:
        for hit in section["hits"]:
            hit["url"] = new_url(hit["record"], kind=kind)
        section["label"] = gettext("Log an interaction: %(kind)s") % {"kind": section["label"]}
    return found, sections


def _each_word(text) -> list[tuple[str, str]]:
    """(word, where it is searched for by itself), for each word of several, without those that no search takes."""
    words = list(dict.fromkeys(text.split()))
    return [(word, _url(q=word)) for word in words[:WORDS_OFFERED] if not problem_of(word)] if len(words) > 1 else []


def _corrected_text(query) -> str:
    """The text as it was searched for, if words of it were corrected."""
    words = text_search.split_words(query.text)
    return " ".join(query.corrected.get(word, word) for word in words) if query.corrected else ""


def _url(**params):
    return f"{reverse('search')}?{urlencode(params)}"


def _matches(found) -> str:
    """“No matches”, “1 match”, “23 matches” or “1,000+ matches”."""
    if found.is_all and not found.total:
        return gettext("No matches")
    number = found.total if found.is_all else max(found.total, 2)
    return ngettext("%(number)s match", "%(number)s matches", number) % {"number": _number(found)}


def _see_all(found, text) -> str:
    """The words of the link to the page with all matches."""
    number = found.total if found.is_all else max(found.total, 2)
    words = ngettext("See %(number)s match for “%(text)s”", "See all %(number)s matches for “%(text)s”", number)
    return words % {"number": _number(found), "text": text}


def _number(found) -> str:
    return f"{found.total:,}{'' if found.is_all else '+'}"


def sections_of(person, found, text):
    """The groups by section, with their matches in words. A fixed number of queries."""
    say = _Words(person, found)
    groups, sections = {group.kind: group for group in found.groups}, []
    for key, section in SECTIONS.items():
        held = [groups[kind] for kind in section.kinds if kind in groups]
        if held:
            total, is_all = sum(group.total for group in held), all(group.is_all for group in held)
            hits = [say.hit(group.kind, match) for group in held for match in group.matches]
            more = total > len(hits) or not is_all
            sections.append(
                {
                    "key": key,
                    "label": section.label,
                    "total": f"{total:,}{'' if is_all else '+'}",
                    "hits": hits,
                    "more_url": _url(q=text, kind=key) if more else "",
                }
            )
    return sections


class _Words:
    """Says of each match what it is and why it matched. What its words need is read at once, for all matches."""

    def __init__(self, person, found):
        self.person, self.query = person, found.query
        records = {group.kind: [match.record for match in group.matches] for group in found.groups}
        partnerships = records.get("partnership", [])
        self.documents = documents_by_id(person, [one.pk for one in partnerships]) if partnerships else {}
        organizations = records.get("organization", [])
        self.shown = fields_shown(person, organizations) if organizations else {}

    def hit(self, kind, match) -> dict:
        """A match for the templates of search: url, title with the words marked, line, why, side, note, date."""
        hit = getattr(self, f"_{kind}")(match.record)
        (place, title), *others = hit.pop("texts")
        hit["title"], hit["record"] = self._marked(title), match.record
        hit["why"] = self._why(match, place, title, others)
        hit.setdefault("is_illustration", getattr(match.record, "is_illustration", False))
        return hit

    def _why(self, match, place, title, others):
        """Why it matched, unless its title shows that."""
        if match.reason:
            is_whole = match.reason in (finding.EMAIL, finding.ID)
            text = _piece(match.text, True) if is_whole else self._marked(match.text)
            return format_html("{}: “{}”", _REASONS[match.reason], text)
        words, query = text_search.split_words(title), self.query
        lacks = [
            word
            for word, start in zip(query.words, query.beginnings, strict=True)
            if not any(one.startswith(start) for one in words)
        ]
        if lacks:
            texts = [(place, title), *((name, text) for name, text in others if text)]
            found = snippet(replace(query, words=tuple(lacks)), texts)
            if found and found[0] == place:
                return gettext("Initials of the name")
            if found:
                return format_html("{}: “{}<mark>{}</mark>{}”", *found)
        is_as_typed = all(any(one.startswith(text_search.singular(typed)) for one in words) for typed in query.typed)
        return "" if is_as_typed else gettext("Similar spelling")

    def _marked(self, text):
        return format_html_join("", "{}", ((_piece(*piece),) for piece in marked(self.query, text)))

    def _partnership(self, record):
        document = self.documents.get(record.pk)
        return {
            "url": record.get_absolute_url(),
            "texts": texts_of(document) if document else [(gettext("Title"), record.title)],
            "line": f"{label(record.kind, 'kind')}, {record.lead.name}. {label(record.status, 'status')}.",
            "note": "" if record.is_published else gettext("Draft"),
        }

    def _organization(self, record):
        shown = self.shown[record.pk]
        kind = term_name(record.kind) if record.kind and "kind" in shown else label(record.side, "side")
        return {
            "url": record.get_absolute_url(),
            "side": record.side,
            "texts": [
                (gettext("Name"), record.name),
                (gettext("Other name"), record.other_names if "other_names" in shown else ""),
                (gettext("Aims"), record.aims if "aims" in shown else ""),
            ],
            "line": f"{kind}.",
            "note": closed_words(record) or (gettext("Unlisted") if record.listing == "unlisted" else ""),
        }

    def _department(self, record):
        return {
            "url": record.get_absolute_url(),
            "side": "government",
            "texts": [
                (gettext("Name"), record.name),
                (gettext("Other name"), record.other_names),
                (gettext("Jurisdiction"), record.jurisdiction.name),
                (gettext("About"), record.about),
            ],
            "line": gettext("%(kind)s of %(jurisdiction)s.")
            % {"kind": label(record.kind, "department_kind"), "jurisdiction": record.jurisdiction.name},
            "note": closed_words(record),
        }

    def _jurisdiction(self, record):
        kind = label(record.kind, "jurisdiction_kind")
        return {
            "url": record.get_absolute_url(),
            "side": "government",
            "texts": [
                (gettext("Name"), record.name),
                (gettext("Other name"), record.other_names),
                (gettext("Kind"), kind),
                (gettext("About"), record.about),
            ],
            "line": ", ".join(filter(None, (kind, record.state))) + ".",
        }

    def _meeting(self, record):
        title = record.partnership.title
        return {
            "url": record.get_absolute_url(),
            "texts": [
                (gettext("Title"), record.title),
                (gettext("Partnership"), title),
                (gettext("Place"), record.place),
            ],
            "line": f"{title}. {day(record.date)}.",
            "date": day(record.date),  # meetings of a series have the same title
            "note": "" if record.is_public else gettext("Internal"),
        }

    def _action(self, record):
        return {
            "url": record.get_absolute_url(),
            "texts": [(gettext("Title"), record.title), (gettext("Details"), record.detail)],
            "line": f"{record.partnership.title}. {due_words(record)}",
        }

    def _interaction(self, record):
        return {
            "url": record.get_absolute_url(),
            "texts": [(gettext("Summary"), record.summary), (gettext("Notes"), record.text)],
            "line": f"{body_of(record)}. {when_words(record)}",
        }

    def _result(self, record):
        return {
            "url": record.get_absolute_url(),
            "texts": [
                (gettext("Title"), record.title),
                (gettext("Population"), record.population),
                (gettext("Details"), record.detail),
            ],
            "line": f"{record.lead.name}.",
            "note": "" if record.is_published else gettext("Not public"),
        }

    def _measure(self, record):
        return {
            "url": record.get_absolute_url(),
            "texts": [(gettext("Title"), record.title), (gettext("What is counted"), record.definition)],
            "line": f"{record.get_kind_display()}, {record.lead.name}.",
            "note": "" if record.is_published else gettext("Not public"),
        }

    def _account(self, record):
        return {
            "url": reverse("person", args=[record.pk]),
            "texts": [(gettext("Name"), record.name or record.email), (gettext("Email address"), record.email)],
            "line": record.email if record.name else gettext("No name yet."),
            "note": "" if record.is_active else gettext("Suspended"),
        }

    def _member(self, record):
        return {
            "url": people_url(record.body),
            "texts": [(gettext("Name"), str(record.person))],
            "line": gettext("%(role)s at %(body)s.") % {"role": label(record.role, "member_role"), "body": record.body},
        }

    def _contact(self, record):
        body = record.organization or record.department or record.jurisdiction
        return {
            "url": f"{body.get_absolute_url()}#contacts",
            "texts": [(gettext("Name"), record.name), (gettext("Email address"), record.email)],
            "line": ", ".join(filter(None, (str(record.role or gettext("Contact")), str(body), record.email))) + ".",
        }

    def _issue_area(self, record):
        return {
            "url": record.get_absolute_url(),
            "texts": [(gettext("Name"), record.name), (gettext("About"), record.about)],
            "line": record.about or gettext("Issue area."),
        }

    def _value(self, value):
        words, listed, name = _LISTED_BY[value.vocabulary]
        return {
            "url": f"{reverse(listed)}?{urlencode({name: value.key})}",
            "texts": [(gettext("Name"), value.label)],
            "line": words,
        }


# Vocabulary → (what its values are, the list that they filter, the filter).
_LISTED_BY = {
    "kind": (_("Type of partnership."), "partnerships", "kind"),
    "purpose": (_("Purpose of partnerships."), "partnerships", "purpose"),
    "organization_kind": (_("Type of organization."), "organizations", "kind"),
    "jurisdiction_kind": (_("Type of jurisdiction."), "jurisdictions", "kind"),
}


def _piece(text, is_match):
    return format_html("<mark>{}</mark>", text) if is_match else text
