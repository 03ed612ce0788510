"""Addresses of the records in the states of pages: records of the sample, or records made for a state."""

import base64
import hmac
import re
import time
from datetime import date
from functools import cached_property

from tests.browser import forms
from tests.browser.days import in_days
from tests.browser.emails import ROUND_OF_TEN, link_in_email, link_to_own_check_in, set_check_ins
from tests.browser.groups import LISTED, join
from tests.browser.insight_addresses import InsightAddresses
from tests.browser.site import ADMINISTRATOR, COLLEAGUE, PARTNER, STAFF
from tests.passkeys import Passkey, passkey_options
from tests.start.running import manage

SOON = in_days(45).isoformat()
OWNER = "owner@example.org"  # an administrator with an authenticator app
CLERK = "clerk@example.org"  # someone who signs in through the provider
KEEPER = "keeper@example.org"  # someone with a passkey

# Name in the sample → its list and the text of its link.
IN_LISTS = {
    "strategy": ("/partnerships/?q=housing+access", "Housing access strategy (illustration)"),
    "contract": ("/partnerships/?kind=contract&q=racial+equity+assessment", "Contract for a racial equity assessment"),
    "training": ("/partnerships/?kind=training", "Racial equity training for city leadership"),
    "body": ("/partnerships/?kind=advisory_body", "Community Advisory Committee of the park board"),
    "organizing": ("/partnerships/?kind=organizing", "Job Assistance Ordinance"),
    "learning": ("/partnerships/?kind=learning", "Saint Paul, Ramsey County"),
    "draft": ("/partnerships/?draft=yes&q=hiring", "Review of hiring rules"),
    "profiled": ("/organizations/?q=tenants", "Tenants’ association"),
    "named": ("/organizations/?q=voices", "Voices for Racial Justice"),
    "city": ("/jurisdictions/?q=minneapolis", "Minneapolis"),
    "own_city": ("/jurisdictions/?q=illustration", "Illustration City"),
    "office": ("/departments/?q=racial+equity", "Office of Racial Equity"),
    "area": ("/issue-areas/", "Parks and recreation"),
    "meeting": ("/meetings/?q=housing+working+group", "Housing working group"),
    "email": ("/outbox/", "Meeting reminder"),
}


class Addresses(InsightAddresses, dict):
    """Return name → path. Each path is found, or its record made, when it's first used."""

    def __init__(self, site):
        super().__init__()
        self.site = site

    def __missing__(self, name):
        self[name] = getattr(self, name) if name not in IN_LISTS else self._in_list(*IN_LISTS[name])
        return self[name]

    def _in_list(self, page, words):
        text = self.site.signed_in(STAFF).get(page).text
        found = re.search(rf'<a [^>]*href="([^"?#]+)"[^>]*>(?:<[^>]+>|\s)*{re.escape(words)}', text)
        assert found, f"“{words}” does not stand on {page}"
        return found.group(1)

    @cached_property
    def staff(self):
        return self.site.signed_in(STAFF)

    @property
    def check_ins(self):
        """A check-in schedule of a partnership, both made for these pages."""
        return set_check_ins(self.site, self["own"], in_days(40))

    @property
    def check_ins_undo(self):
        self.staff.send(self["check_ins"], rhythm="half_yearly")
        return self._last_undo(self["check_ins"])

    @property
    def stopped(self):
        """The list of blocked email addresses, with one on it."""
        administrator, page = self.site.signed_in(ADMINISTRATOR), "/outbox/stopped/"
        administrator.send(page, address="away@example.org", why="They asked for it by phone.")
        return page

    @property
    def stopped_entry(self):
        text = self.site.signed_in(ADMINISTRATOR).get(self["stopped"]).text
        return re.search(r'href="(/outbox/stopped/\d+/)"', text).group(1)

    @property
    def contact(self):
        page = self.site.signed_in(ADMINISTRATOR).get(self["profiled"]).text
        return re.search(r'href="(/contacts/\d+/erase/)"', page).group(1)

    @property
    def unlisted(self):
        return self.staff.make_organization("Quiet neighbors of the pages")

    @property
    def own_draft(self):
        return self.staff.make_partnership("Contract of the pages, a draft")

    @property
    def own(self):
        return self.staff.make_partnership("Contract of the pages, published", publish=True)

    @property
    def clash(self):
        """A partnership that someone else changes while it's open in a form."""
        return self.staff.make_partnership("Contract of the pages, with two writers")

    @property
    def said(self):
        """The strategy, disputed by the tenants, with a statement of the city that isn't public yet."""
        path, partner = self["strategy"], self.site.signed_in(PARTNER)
        partner.send(f"{path}confirm/", verdict="disputed", words="We brought this to the city three years before.")
        self.staff.send(f"{path}statements/new/", text="The city paid its part on time.")
        return path

    @property
    def remark(self):
        text = self.staff.get(f"{self['said']}partners/").text
        return re.search(r'href="(/statements/\d+/)withdraw/"', text).group(1)

    @property
    def shared_draft(self):
        path = self.staff.make_partnership("Contract of the pages, shown to the tenants")
        self.staff.send(f"{path}share/", body="Tenants’ association")
        return path

    @property
    def own_meeting(self):
        return self.staff.make_meeting(self["own"], "Meeting of the pages", in_days(30))

    @property
    def one_partner(self):
        """The form of one partner of a contract."""
        return re.search(r'href="([^"]+/edit/partners/G[^"]+)"', self.staff.get(f"{self['own']}partners/").text)[1]

    @property
    def action(self):
        """An action item of the tenants, with a comment on it."""
        page, due = f"{self['own']}actions/new/", in_days(20).isoformat()
        party = re.search(r'value="(\d+)">Tenants’ association', self.staff.get(page).text).group(1)
        made = self.staff.send(page, title="Send the lease data", owner_party=party, due_on=due)
        path = made.url.removeprefix(self.site.base)
        self.staff.send(f"{path}note/", status="open", text="Half of it is there.")
        return path

    @property
    def action_of_check_in(self):
        page = self.staff.get(f"{self['strategy']}office/").text
        return re.search(r'href="([^"]+/actions/new/\?check_in=\d+)"', page).group(1)

    @property
    def cancelled(self):
        path = self.staff.make_meeting(self["own"], "Meeting that falls out", in_days(31))
        self.staff.send(f"{path}cancel/")
        return path

    @property
    def clashing(self):
        """A partnership that already has a meeting on SOON at 5:30 p.m."""
        self.staff.make_meeting(self["own"], "First table", date.fromisoformat(SOON))
        return self["own"]

    @property
    def of_a_series(self):
        day = in_days(33)
        more = {"repeats": "monthly_weekday", "times": "6"}
        return self.staff.make_meeting(self["own"], "Table that comes again", day, **more)

    def _held(self, title, **fields):
        return self.staff.make_meeting(self["own"], title, in_days(-3), **fields)

    @property
    def held(self):
        return self._held("Table of last week", agenda="Rents | 20\nRepairs")

    @property
    def closed(self):
        path = self._held("Table that decided", agenda="Rents | 20\nRepairs", is_public="on")
        submitted = {"notes": "All came. The report is late.", "decisions-0-question": "Which lot comes first?"}
        submitted |= {"decisions-0-outcome": "The one at the river.", "decisions-0-options": "River, or hill."}
        submitted |= {"notes_are_public": "on", "decisions-0-community_input": "The order."}
        party = re.search(r'value="(\d+)">Tenants’ association', self.staff.get(f"{path}close/").text).group(1)
        submitted |= {"actions-0-title": "Send the map", "actions-0-owner_party": party}
        self.staff.send(f"{path}close/", **submitted)
        return path

    @property
    def suggested(self):
        """An organization with two suggestions from a visitor, one of them decided."""
        named = {"listing": "named", "listing_source": "A list of the city"}
        path = self.staff.make_organization("Neighbors to be corrected", **named)
        for words in ("They moved.", "They have another name."):
            self.site.visitor().send(f"{path}suggest/", words=words, name=f"Neighbors. {words}")
        first, second = re.findall(r'href="(/suggestions/\d+/)"', self.staff.get("/suggestions/").text)[:2]
        self.staff.send(second, take=["name"], reason="We asked them.")
        return {"open": first, "decided": second}

    @property
    def suggestions(self):
        return self["suggested"] and "/suggestions/"

    @property
    def suggestion(self):
        return self["suggested"]["open"]

    @property
    def decided(self):
        return self["suggested"]["decided"]

    @property
    def tokens(self):
        """The page where staff see the one token that they made."""
        self.staff.send("/account/tokens/new/", name="Nightly copy", days="90")
        return "/account/tokens/"

    @property
    def link_to_meeting(self):
        return link_in_email(self.site, "Meeting reminder", "meeting")

    @property
    def link_to_check_in(self):
        return link_to_own_check_in(self.site)

    @property
    def link_to_round(self):
        return link_in_email(self.site, *ROUND_OF_TEN)

    @property
    def round(self):
        return self._round("Spring round")

    @property
    def open_round(self):
        return self._round("Fall round")

    def _round(self, title):
        page = self.staff.get(f"{self['strategy']}power/").text
        return re.search(rf'href="(/rounds/[^"]+/)"[^>]*>\s*{title}', page).group(1)

    @property
    def round_place(self):
        return re.search(r'href="(/rounds/asked/\d+/record/)"', self.staff.get(self["open_round"]).text).group(1)

    @property
    def round_place_to_object_to(self):
        return re.search(r'href="(/rounds/asked/\d+/object/)"', self.staff.get(self["open_round"]).text).group(1)

    @property
    def people_to_name(self):
        """The page where a partner's editor names respondents, in a round that its office has just started."""
        path = self.staff.make_partnership("Name your people", publish=True)
        self.site.let_partners_agree()
        offered = re.findall(r'name="asked" value="([^"]+)"', self.staff.get(f"{path}rounds/new/").text)
        page = self.staff.send(f"{path}rounds/new/", title="Named", closes_on=SOON, asked=offered).url
        text = self.site.signed_in(PARTNER).get(page.removeprefix(self.site.base)).text
        return re.search(r'href="(/rounds/[^"]+/people/\d+/)"', text).group(1)

    @property
    def code_to_print(self):
        """The page that prints a code, for a partner of the sample without an editor."""
        page = self.staff.get(self._round("A year of influence")).text
        return re.search(r'href="(/rounds/[^"]+/people/\d+/code/)"', page).group(1)

    @property
    def seat_to_invite(self):
        path = self.staff.make_partnership("Invite us", publish=True)
        return re.search(r'href="(/partners/\d+/invite/)"', self.staff.get(f"{path}office/").text).group(1)

    @property
    def seats_to_invite(self):
        contact = {"contacts-0-name": "Front desk", "contacts-0-email": "reachable@example.org"}
        group = self.staff.make_organization("Reachable neighbors", **LISTED, **contact)
        partner = {"parties-1-entity": group.strip("/").split("/")[1]}
        return f"{self.staff.make_partnership('Invite us all', publish=True, **partner)}invite/"

    @property
    def link_to_people(self):
        """The link by which a partner of the sample without an account names its people."""
        return self.site.link_in_email_to("coalition@example.org", "people")

    @property
    def link_to_agreement(self):
        """The link by which that partner says whether it agrees to cancel the round that is open to answers."""
        self.staff.send(f"{self.open_round}cancel/", why="The wrong people were asked.")
        return self.site.link_in_email_to("coalition@example.org", "agreement")

    @property
    def link_to_statement(self):
        """The link by which that partner changes what it says of the record."""
        return self.site.link_in_email_to("coalition@example.org", "statement")

    @property
    def link_to_seat(self):
        return link_in_email(self.site, "Invitation to confirm a seat", "seat")

    @property
    def asked_together(self):
        """The preview of rounds for two partnerships in which no one was asked yet."""
        for n in (1, 2):
            self.staff.make_partnership(f"Ask us at once {n}", publish=True)
        self.site.let_partners_agree()
        return "/rounds/new/?q=ask+us+at+once"

    @property
    def together(self):
        self.staff.make_partnership("Ask us early", publish=True)
        self.site.let_partners_agree()
        path, given = "/rounds/new/?q=ask+us+early", {"title": "Early rounds", "closes_on": SOON}
        seen = re.search(r'name="seen" value="(\w+)"', self.staff.send(path, **given).text)[1]
        return self.staff.send(path, seen=seen, **given).url.removeprefix(self.site.base)

    @property
    def link_to_emails(self):
        return link_in_email(self.site, "Meeting reminder", "letters")

    @property
    def other_link_to_emails(self):
        assert self["link_to_check_in"]  # its email is sent before anyone stops emails of this kind
        return link_in_email(self.site, "Check-in", "letters")

    @property
    def calendars(self):
        """The page where staff see the one calendar link that they made."""
        self.staff.send("/account/calendars/")
        return "/account/calendars/"

    @property
    def followed(self):
        """The page where staff see the one record that they follow."""
        self.staff.send(f"{self['strategy']}follow/")
        return "/account/following/"

    @property
    def calendar(self):
        return re.search(r'href="(/account/calendars/\d+/end/)"', self.staff.get(self["calendars"]).text)[1]

    @property
    def token(self):
        return re.search(r'href="(/account/tokens/\w+/revoke/)"', self.staff.get(self["tokens"]).text).group(1)

    @property
    def secret(self):
        return self["token"].replace("/revoke/", "/replace/")

    @property
    def claimed(self):
        """Two open claims, of a listed organization and of one that isn't listed, and a decided one."""
        reader, words = self.site.signed_in(COLLEAGUE), {"position": "Organizer", "evidence": "Call the front desk."}
        reader.send(f"{self['profiled']}claim/", **words)
        city = re.search(r'value="(\d+)">Illustration City', reader.get("/organizations/propose/").text).group(1)
        for name in ("Tenant association", "Neighbors on the hill"):
            reader.send("/organizations/propose/", name=name, office=city, not_a_duplicate="yes", **words)
        listed, alike, last = sorted(set(re.findall(r"/claims/\d+/", reader.get("/claims/").text)))
        self.staff.send(last, verdict="deny", reason="The desk knows nobody of this name.")
        return {"listed": listed, "proposed": alike, "denied": last}

    @property
    def people(self):
        """The office's users, with an open invitation, and the administrator as the manager."""
        administrator, page = self.site.signed_in(ADMINISTRATOR), f"{self['own_city']}people/"
        join(self, self["own_city"], ADMINISTRATOR, "manager")
        administrator.send(f"{page}invite/", email="partner@example.org", role="reader")
        return page

    @property
    def webhooks(self):
        """The page of an office with one webhook, for the administrator as its manager."""
        assert self["people"]
        page, given = f"{self['own_city']}webhooks/", {"name": "Council channel", "format": "slack", "reach": "own"}
        given |= {"url": "https://hooks.example.org/T0", "kinds": ["status"], "rights": "public"}
        self.site.signed_in(ADMINISTRATOR).send(f"{page}new/", **given)
        return page

    @property
    def services(self):
        """The page of an office with one service account, for the administrator as its manager."""
        assert self["people"]
        page, given = f"{self['own_city']}service-accounts/", {"name": "Council site", "role": "reader", "days": "90"}
        self.site.signed_in(ADMINISTRATOR).send(f"{page}new/", **given)
        return page

    @property
    def service(self):
        page = self.site.signed_in(ADMINISTRATOR).get(self["services"])
        return re.search(r'href="(/service-accounts/\d+/)secret/"', page.text)[1]

    @property
    def webhook(self):
        page = self.site.signed_in(ADMINISTRATOR).get(self["webhooks"])
        return re.search(r'href="(/webhooks/\d+/)"', page.text)[1]

    @property
    def tested_webhook(self):
        administrator, page = self.site.signed_in(ADMINISTRATOR), self["webhook"]
        administrator.post(f"{page}test/", forms.values(administrator.get(page).text))
        return page

    @property
    def delivery(self):
        page = self.site.signed_in(ADMINISTRATOR).get(self["tested_webhook"])
        return re.search(r'href="(/webhooks/deliveries/\d+/)"', page.text)[1]

    def _among_people(self, pattern):
        return re.search(pattern, self.site.signed_in(ADMINISTRATOR).get(self["people"]).text)[1]

    @property
    def place(self):
        """The role of another user, since only those have a button to remove them."""
        return self._among_people(r'href="(/members/\d+/)remove/">\s*Remove')

    @property
    def own_place(self):
        return self._among_people(r'href="(/members/\d+/)hand-over/"')

    @property
    def invitation(self):
        return self._among_people(r'href="(/invitations/\d+/)take-back/">[^>]*>: partner@')

    @property
    def person(self):
        return re.search(r'href="(/people/\d+/)"', self.site.signed_in(ADMINISTRATOR).get("/people/").text)[1]

    @property
    def erasure(self):
        """The page after an account was erased that an invitation had made."""
        boss = self.site.signed_in(ADMINISTRATOR)
        boss.send(f"{self['own_city']}people/invite/", email="erased.soon@example.org", role="reader")
        person = boss.send("/people/", email="erased.soon@example.org").url.removeprefix(self.site.base)
        return boss.send(f"{person}erase/", sure="on").url.removeprefix(self.site.base)

    @property
    def claims(self):
        return self["claimed"] and "/claims/"

    @property
    def claim(self):
        return self["claimed"]["listed"]

    @property
    def proposal(self):
        return self["claimed"]["proposed"]

    @property
    def denied(self):
        return self["claimed"]["denied"]

    @property
    def second_step(self):
        """The page of the second step, for the owner, who has an app."""
        manage("add_administrator", OWNER, VAR_DIR=self.site.var).check_returncode()
        path, owner = "/account/second-step/", self.site.signed_in(OWNER)
        page = owner.get(f"{path}app/").text  # each request shows another key
        secret = re.search(r'<code class="break">(\w+)<', page).group(1)
        kept = owner.post(f"{path}app/", forms.values(page) | {"code": app_code(secret)})
        assert "Your recovery codes" in kept.text, kept.text
        return path

    @property
    def again(self):
        return self["second_step"] and "/account/again/"

    @property
    def passkeys(self):
        """The page where the keeper sees their one passkey."""
        path, keeper = "/account/second-step/", self.site.signed_in(KEEPER)
        page = keeper.get(f"{path}passkeys/add/").text
        sent = {"name": ["Work laptop"], "credential": [Passkey("127.0.0.1").made(passkey_options(page))]}
        kept = keeper.post(f"{path}passkeys/add/", forms.values(page) | sent)
        assert "Your recovery codes" in kept.text, kept.text
        return path

    @property
    def passkey(self):
        page = self.site.signed_in(KEEPER).get(self["passkeys"]).text
        return re.search(r'href="(/account/second-step/passkeys/\d+/)"', page)[1]

    @property
    def again_with_passkey(self):
        return self["passkeys"] and "/account/again/passkey/"

    @property
    def sign_in_of_keeper(self):
        return self["passkeys"] and "/sign-in/"

    @property
    def linked(self):
        there = {"sub": "clerk", "email": CLERK, "email_verified": True}
        assert self.site.visitor().sign_in_through_provider(there).url.endswith("/")
        return "/account/provider/"

    @property
    def sign_in_of_owner(self):
        return self["second_step"] and "/sign-in/"


def app_code(secret, ahead=0):
    """The code that an app shows now (RFC 6238), or an app whose clock is this many steps of 30 seconds ahead."""
    moment = (int(time.time() // 30) + ahead).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret), moment, "sha1")
    part = int.from_bytes(digest[digest[-1] & 15 :][:4], "big") & 0x7FFFFFFF
    return f"{part % 10**6:06}"
