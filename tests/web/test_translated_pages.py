"""Translated pages with a menu: which language they are in, the switch in their header, and no words of two languages."""

import html.parser
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from partnerships.accounts.actions import choose_language
from partnerships.accounts.token_actions import make_token
from partnerships.core import clock
from partnerships.core.languages import OWN_NAMES
from partnerships.meetings import feeds
from partnerships.models import ApiToken, Partnership, Person
from partnerships.notifications.following import follow
from partnerships.web.components.partnerships import partnership_url
from tests.factories import make_department, make_issue_area, make_meeting, make_partnership, party
from tests.notifications.catalog import cut_sentences
from tests.notifications.test_languages import words_outside_tags
from tests.signing_in import ask, last_email

pytestmark = pytest.mark.django_db
COOKIE = settings.LANGUAGE_COOKIE_NAME
# Names in records, and words that are the same in both languages.
SAME = {*OWN_NAMES.values(), "Plan", "Compare", "Agenda", "Webhook", "Webhooks"}
# Names of standards and files on the page for developers.
SAME |= {"Tokens", "openapi.yaml", "(OpenAPI 3.1).", "Atom.", "iCalendar.", "GeoJSON."}
SPANISH = {"Accept-Language": "es-MX,es;q=0.9"}


class _Texts(html.parser.HTMLParser):
    """Every text of a page, also in attributes that are read out, but for code and parts in a language of their own.

    The lines of a partner's name in the picture of the network are left out: the mark's label has the whole name.
    """

    VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}

    def __init__(self, page):
        super().__init__()
        self.found, self.open = set(), []
        self.feed(page.content.decode())

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        if tag not in self.VOID:
            is_name = own.get("class") == "v-name"
            self.open.append(tag in ("script", "code") or is_name or ("lang" in own and tag != "html"))
        for name in ("aria-label", "title", "placeholder", "data-l"):
            self.handle_data(own.get(name) or "")

    def handle_endtag(self, tag):
        if tag not in self.VOID and self.open:
            self.open.pop()

    def handle_data(self, data):
        text = " ".join(data.split())
        if re.search("[a-z]{2}", text) and not any(self.open):
            self.found.add(text)


def texts(page):
    return _Texts(page).found


def language_of(page):
    return re.search(r'<html lang="(\w+)"', page.content.decode())[1]


def not_kept(page):
    """The inputs that the switch of languages doesn't send: those of other forms than the main one.

    `may_count` is answered with its button, in one step, and so is the line that logs an interaction.
    """
    forms = re.findall(
        r'<form(?![^>]*\b(?:id="answer"|class="cluster log-line"))[^>]*\bmethod="post".*?</form>',
        page.content.decode(),
        re.DOTALL,
    )
    inputs = [tag for form in forms for tag in re.findall(r"<(?:input|textarea|select)\b[^>]*>", form)]
    shown = [tag for tag in inputs if 'type="hidden"' not in tag and 'name="may_count"' not in tag]
    return shown if 'name="switch"' in page.content.decode() else []


def buttons_without_a_form(page):
    """The ids of forms that buttons name and the page doesn't have, such as that of the switch of languages."""
    body = page.content.decode()
    return set(re.findall(r'\bform="([^"]+)"', body)) - set(re.findall(r'<form[^>]*\bid="([^"]+)"', body))


def button(page, language):
    """The button or link of the switch to this language."""
    return re.search(rf'<(?:a|button)[^>]*?lang="{language}"[^>]*>', page.content.decode())[0]


# Which language


def test_the_link_comes_before_the_account_the_account_before_the_cookie_and_that_before_the_browser(people):
    url, wanted = reverse("account_login"), []
    for query, cookie, headers in (
        ("", "", {}), ("", "", SPANISH), ("", "en", SPANISH), ("", "es", {}), ("?lang=en", "es", SPANISH), ("?lang=xx", "es", {}),
    ):  # fmt: skip
        browser = Client(headers=headers)
        if cookie:
            browser.cookies[COOKIE] = cookie
        wanted.append(language_of(browser.get(url + query)))
    assert wanted == ["en", "es", "en", "es", "en", "es"]
    signed_in = Client(headers={"Accept-Language": "en"})
    signed_in.cookies[COOKIE] = "en"
    signed_in.force_login(people.partner)
    choose_language(by=people.partner, language="es")
    assert language_of(signed_in.get(reverse("account"))) == "es"
    assert language_of(signed_in.get(reverse("account") + "?lang=en")) == "en"
    choose_language(by=people.partner, language="vi")  # which has no pages yet, so that the next one counts
    assert language_of(signed_in.get(reverse("account"))) == "en"


def test_a_page_that_is_not_translated_is_in_english_as_a_whole(client, people):
    client.cookies[COOKIE] = "es"
    client.force_login(people.administrator)
    page = client.get("/vocabularies/", headers=SPANISH)
    assert (language_of(page)[:2], "View site" in texts(page), "Issue areas" in texts(page)) == ("en", True, True)
    assert "Accept-Language" not in page["Vary"]


# Views whose answers are no pages to read: files, feeds, and what programs ask for. A sample of an email is in the language
# that is chosen for it, and a frame in that of its address.
NO_PAGES = {
    "healthz", "readyz", "robots", "security", "sitemap", "sitemap_part", "own_data", "claim_file", "email_html",
    "jurisdiction_embed", "issue_area_embed",
}  # fmt: skip
FILES = re.compile(r"\.(csv|xlsx|atom|ics|svg|png)$|\.<str:ending>$")


def routes():
    """The URL patterns of this site's own pages and files."""
    for pattern in get_resolver().url_patterns:
        if not str(pattern.pattern).startswith(("api/", "vocabularies/")):
            yield from getattr(pattern, "url_patterns", [pattern])


def untranslated():
    """The names of routes whose pages are in English alone."""
    return {
        one.name
        for one in routes()
        if getattr(one.callback, "is_english_only", False) and not FILES.search(str(one.pattern))
    }


def test_every_page_is_translated():
    assert untranslated() == NO_PAGES


def test_a_shared_answer_says_what_it_depends_on(client):
    page = client.get(reverse("account_login") + "?lang=es")
    assert {"Accept-Language", "Cookie"} <= {one.strip() for one in page["Vary"].split(",")}
    assert (page["Content-Language"], page.cookies[COOKIE].value, "private" in page["Cache-Control"]) == (
        "es",
        "es",
        True,
    )
    assert COOKIE not in client.get(reverse("account_login")).cookies


@pytest.mark.parametrize(
    "url", ["/partnerships/", "/organizations/", "/meetings/", "/coverage/", "/network/", "/results/"]
)
def test_every_list_accepts_the_parameter(client, url):
    assert client.get(f"{url}?lang=es").status_code in (200, 404)
    assert client.get(f"{url}?long=es").status_code in (400, 404)


def test_error_pages_are_in_the_language_of_the_reader(client, people):
    for url in ("/nowhere/", "/partnerships/P-7KQ4MX-1/"):
        page = client.get(url, headers=SPANISH)
        assert (page.status_code, language_of(page)) == (404, "es")
        assert texts(page) & texts(client.get(url)) - SAME == {url} & texts(page)
    client.force_login(people.reader)
    record = make_partnership("Homes", lead=people.office)
    page = client.get(reverse("partnership_edit", args=[record.public_id]) + "?lang=es")
    assert (page.status_code, "Puede leer esto, pero no cambiarlo." in texts(page)) == (403, True)


# The switch


def test_a_visitor_switches_by_a_link_that_keeps_the_query_and_the_choice_stays(client):
    page = client.get(reverse("account_signup") + "?next=/x/")
    assert 'href="?next=%2Fx%2F&amp;lang=es"' in button(page, "es")
    client.get(reverse("account_signup") + "?next=/x/&lang=es")
    assert language_of(client.get(reverse("account_signup"))) == "es"


def test_a_visitor_switches_a_form_and_keeps_what_was_typed(client):
    page = client.get(reverse("account_login") + "?next=/account/")
    assert 'form="answer"' in button(page, "es")
    shown = client.post(
        reverse("account_login") + "?next=%2Faccount%2F&lang=es", {"login": "mesa@exam", "switch": "es"}
    )
    body = shown.content.decode()
    assert (shown.status_code, language_of(shown), 'value="mesa@exam"' in body) == (200, "es", True)
    assert ('name="next" value="/account/"' in body, 'id="not-saved"' in body) == (True, False)
    assert Person.objects.filter(email="mesa@exam").exists() is False


def test_a_person_who_switches_has_the_language_in_the_account(client, people):
    client.force_login(people.partner)
    page = client.get(reverse("mfa_index"))
    assert '<form id="answer" method="post">' in page.content.decode()
    answer = client.post(reverse("mfa_index") + "?lang=es", {"switch": "es"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    people.partner.refresh_from_db()
    assert people.partner.language == "es"
    assert language_of(client.get(reverse("account"))) == "es"


def test_a_switch_saves_nothing_else_and_keeps_every_kind_of_field(client, people):
    client.force_login(people.partner)
    url = reverse("account_token_new")
    membership = people.partner.memberships.get()
    sent = {"name": "Copia", "days": "12", "reads": ["meetings", "results"], "memberships": [membership.pk]}
    sent |= {"addresses": "192.0.2.7\nx", "switch": "es"}
    page = client.post(f"{url}?lang=es", sent)
    body = page.content.decode()
    assert (page.status_code, language_of(page), ApiToken.objects.exists()) == (200, "es", False)
    assert ('value="Copia"' in body, 'value="12"' in body, "192.0.2.7\nx</textarea>" in body) == (True, True, True)
    checked = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"[^>]*checked', body)
    assert {*checked} == {("memberships", str(membership.pk)), ("reads", "meetings"), ("reads", "results")}


@pytest.mark.django_db(transaction=True)
def test_a_code_is_in_the_language_of_the_page_and_so_is_a_new_account(people, settings, tmp_path):
    settings.MAIL_DIR, settings.EMAIL_URL = tmp_path, ""
    Person.objects.filter(pk=people.partner.pk).update(last_login=clock.now())
    for address, language in (("nueva@example.org", "es"), (people.partner.email, "en")):
        browser = Client(headers=SPANISH)
        ask(browser, address)
        _, body = last_email(settings)
        code = re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", body)[0]
        assert browser.post("/sign-in/code/", {"code": code}).status_code == 302
        assert Person.objects.get(email=address).language == language
        assert "Su código para iniciar sesión es:" in body


def test_a_switch_without_a_token_of_the_page_changes_nothing(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.partner)
    assert client.post(reverse("account") + "?lang=es", {"switch": "es"}).status_code == 403
    people.partner.refresh_from_db()
    assert people.partner.language == "en"


def test_the_key_of_an_app_stays_when_the_language_changes(client, people):
    client.force_login(people.partner)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": 9e9}]
    session.save()
    url = reverse("mfa_activate_totp")
    secret = client.get(url).context["form"].secret
    page = client.post(f"{url}?lang=es", {"code": "123", "switch": "es"})
    assert (language_of(page), page.context["form"].secret, 'value="123"' in page.content.decode()) == (
        "es",
        secret,
        True,
    )


# No words of two languages

# Templates with what isn't for people to read.
WITH_CODE = ("account/token_made.html", "account/tokens.html")


def translated_views():
    """The names of URLs without arguments whose views are translated and have a menu."""
    for one in routes():
        is_english = getattr(one.callback, "is_english_only", False)
        if not is_english and not getattr(one.callback, "is_by_link", False) and "<" not in str(one.pattern):
            yield one.name


# URLs that answer with no page here.
NO_PAGE = {"openid_connect_login", "openid_connect_callback", "socialaccount_connections", "mfa_login_webauthn"}
NO_PAGE |= {
    "plan_template",
    "search_suggestions",
    "picker",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_deactivate_totp",
}
NO_PAGE |= {"office_invite", "council_report"}  # they lead on
NO_PAGE |= {"account_confirm_login_code", "mfa_authenticate", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"}


def check_both(client, url, data=None, same=()):
    """Open or send in both languages, and check that no text is in both and that each button has its form."""
    more = "&" if "?" in url else "?"

    def ask(language):
        to = f"{url}{more}lang={language}"
        return client.get(to) if data is None else client.post(to, data)

    english, spanish = ask("en"), ask("es")
    assert (english.status_code, language_of(english), language_of(spanish)) == (spanish.status_code, "en", "es"), url
    assert texts(english) & texts(spanish) - SAME - set(same) == set(), url
    assert not_kept(english) == [], url
    assert buttons_without_a_form(spanish) == set(), url
    return spanish


@pytest.mark.slow
def test_no_page_mixes_languages(client, people):
    record = make_partnership(
        "Homes", lead=people.office, parties=[party(people.office, "lead"), party(people.organization)]
    )
    follow(by=people.partner, record=record)
    token, _ = make_token(by=people.partner, name="Copia", memberships=[people.partner.memberships.get()], days=9)
    feed, _ = feeds.make_feed(by=people.partner)
    same = {
        "Homes",
        people.partner.email,
        people.partner.name,
        people.editor.email,
        people.editor.name,
        people.reader.name,
        people.administrator.name,
        people.administrator.email,
        people.suspended.name,
        people.suspended.email,
        str(people.organization),
        f": {people.organization}",
        "Copia",
    }
    same |= {str(people.office), f": {people.office}", str(people.other_office), "Learning"}
    same |= {f": {token.name}", f"reg_{token.prefix}…", f": {feed.prefix}", f"{feed.prefix}…", ": Homes", "127.0.0.1"}
    names, seen = set(translated_views()) - NO_PAGE, set()
    for person in (None, people.partner, people.editor, people.administrator):
        if person:
            client.force_login(person)
            session = client.session
            session["account_authentication_methods"] = [{"method": "code", "at": 9e9}]
            session.save()
        for name in sorted(names):
            page = client.get(reverse(name))
            if page.status_code == 200:
                seen.add(name)
                check_both(client, reverse(name), same=same)
    assert names - seen == set()
    for name, args in (
        ("account_token_replace", [token.pk]), ("account_token_revoke", [token.pk]), ("account_calendar_revoke", [feed.pk]),
    ):  # fmt: skip
        check_both(client, reverse(name, args=args), same=same)


@pytest.fixture
def places(people):
    """A record of each kind that visitors read, with all that its page can show."""
    area = make_issue_area("housing", "Housing")
    people.organization.issue_areas.add(area)
    record = make_partnership(
        "Homes",
        lead=people.office,
        parties=[party(people.office, "lead"), party(people.organization, "contractor", circle="decides")],
        issue_areas=[area],
        kind="contract",
        common_agenda="Homes first",
        facts={"agreement": {"amount": "1200", "payment_days": 30, "scope": "Rent help"}},
    )
    department = make_department(people.office, "Housing office")
    meeting = make_meeting(record, title="Table", place="Room 2", days=3)
    return {
        "organization": people.organization,
        "jurisdiction": people.office,
        "department": department,
        "issue_area": area,
        "meeting": meeting,
        "partnership": record,
    }


@pytest.mark.slow
def test_no_page_of_a_record_mixes_languages(client, people, places):
    same = {str(one) for one in places.values()} | {
        "Learning",
        "Homes",
        "Table",
        "Room 2",
        "Housing",
        str(people.office),
    }
    same |= (
        {"Homes first", "Rent help"}
        | {one.public_id for one in places.values() if hasattr(one, "public_id")}
        | {"(America/Chicago)", "America/Chicago"}
    )
    same |= {f": {name}" for name in same} | {f"{places['department']}, {people.office}"}
    for person in (None, people.partner, people.editor):
        if person:
            client.force_login(person)
        for record in places.values():
            check_both(client, record.get_absolute_url(), same=same)
            if isinstance(record, Partnership):
                for tab in ("partners", "power", "results", "meetings", "timeline", "agreement"):
                    check_both(client, partnership_url(record, tab), same=same)


@pytest.mark.slow
def test_no_list_mixes_languages(client, people, places):
    same = {
        "Homes",
        "Table",
        "Room 2",
        "Housing",
        str(people.office),
        str(people.organization),
        "Housing office",
        "Learning",
    }
    same |= {str(people.other_office), "“homes”", "“nothing”", "“zzz”", "“housing”"}
    same |= {f": {name}" for name in same}
    for person in (None, people.editor):
        if person:
            client.force_login(person)
        for url in (
            "/partnerships/?q=homes", "/partnerships/?q=nothing&status=active", "/partnerships/?issue=housing&needs=quiet",
            "/organizations/?q=zzz", "/jurisdictions/?kind=city", "/departments/?kind=office", "/meetings/?before=2020-01-01",
            "/meetings/calendar/?month=2026-11", "/search/?q=homes", "/search/?q=zzzz", "/search/?q=!",
            "/search/?q=city&kind=types",
            "/partnerships/?nonsense=1", "/partnerships/?status=nonsense", "/partnerships/?ordering=nonsense",
        ):  # fmt: skip
            check_both(client, url, same=same)


def test_lists_keep_the_language_of_the_link(client, people):
    for number in range(30):
        make_partnership(f"Homes {number}", lead=people.office, parties=[party(people.office, "lead")])
    body = client.get("/partnerships/?lang=es&kind=joint_project&kind=strategy").content.decode()
    assert re.search(r'rel="next" href="[^"]*lang=es"', body)
    assert body.count('<input type="hidden" name="lang" value="es">') >= 3  # search, filters, order
    assert 'href="/partnerships.csv?kind=joint_project&amp;kind=strategy"' in body
    assert client.get("/partnerships/?lang=es&q=")["Location"] == "/partnerships/?lang=es"


def test_no_refused_form_mixes_languages(client, people):
    check_both(client, reverse("account_login"), {"login": "nobody"}, same={"nobody"})
    client.force_login(people.partner)
    for name, data in (
        ("account_token_new", {"name": "", "days": "999", "reads": ["nothing"], "addresses": "x"}),
        ("account_emails", {"zone": "Nowhere", "digest_at": "x", "digest_weekday": "9"}),
        ("account_erase", {"address": "other@example.org"}),
        ("account_language", {"language": "xx"}),
    ):
        check_both(client, reverse(name), data, same={people.partner.email})


def test_templates_of_translated_pages_say_nothing_that_is_not_marked():
    folders = ("account", "mfa", "mfa/totp", "mfa/webauthn", "mfa/recovery_codes", "socialaccount", "usersessions")
    names = [f"{one}/{path.name}" for one in folders for path in (settings.BASE_DIR / "templates" / one).glob("*.html")]
    unmarked = {name: words_outside_tags(name) for name in names if name not in WITH_CODE}
    assert len(unmarked) > 25
    assert {name: words for name, words in unmarked.items() if words} == {}


def test_no_tag_cuts_a_sentence_in_two():
    assert cut_sentences() == []
