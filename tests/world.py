"""One record of every kind that someone may not see or not change, around the people of tests/people.py."""

import time
from datetime import date, timedelta
from unittest import mock

from django.conf import settings
from django.test import Client

from partnerships.accounts import claims
from partnerships.accounts.member_actions import invite
from partnerships.accounts.saved_lists import save_list
from partnerships.accounts.service_accounts import add_service_account
from partnerships.accounts.token_actions import make_token
from partnerships.assessment import answering, publishing
from partnerships.assessment.asking_queries import NO_PROPOSAL
from partnerships.assessment.portfolios import start_portfolio
from partnerships.assessment.rounds import start_round
from partnerships.core import clock, ids
from partnerships.core.access import SYSTEM
from partnerships.directory import suggestions
from partnerships.insight.expected_seats import expect_seat
from partnerships.interactions.actions import save_interaction
from partnerships.mail.suppressions import suppress_manually
from partnerships.measurement import interpretations
from partnerships.measurement.activities import save_gain
from partnerships.measurement.number_actions import save_points
from partnerships.meetings import action_items, check_ins
from partnerships.meetings.feeds import make_feed
from partnerships.models import AskedParty, Contact, Email, Erasure, LeftText, LoginCode, Membership, Party
from partnerships.notifications import links, recipients
from partnerships.notifications.following import follow
from partnerships.records import list_files
from partnerships.records.drafts import save_draft
from partnerships.records.imports import files as importing
from partnerships.records.imports import work as import_work
from partnerships.records.merging import merge
from partnerships.records.merging_people import merge as merge_people
from partnerships.registry import inviting
from partnerships.registry.remarks import show_remark
from partnerships.registry.sharing import share_draft
from partnerships.registry.statement_links import last_statement, mark_of
from partnerships.reports import actions as reports
from partnerships.reports import pdf as report_pdf
from partnerships.reports import work as report_work
from partnerships.reports import writer as report_writer
from partnerships.web.account.forms.sign_in import CODE_NUMBER
from partnerships.webhooks.actions import add_webhook
from tests.factories import (
    answer_the_rest,
    confirm_by_link,
    in_days,
    make_activity,
    make_body,
    make_composition,
    make_department,
    make_issue_area,
    make_jurisdiction,
    make_measure,
    make_meeting,
    make_organization,
    make_partnership,
    make_person,
    make_plan,
    make_population,
    make_result,
    make_term,
    party,
)

# For each kind of record, an id that no record has.
MISSING = {email: ids.from_number(email, 7) for email in "PGJDAMREFSNVKQBCTH"}
NUMBERED = tuple(
    f"no {kind}"
    for kind in (
        "email",
        "seat answer",
        "partner's seat",
        "suggestion",
        "number",
        "contact",
        "place",
        "invitation",
        "account",
        "statement",
        "claim",
        "suppression",
        "erasure",
        "round place",
        "saved list",
        "spreadsheet",
        "import",
        "unsaved text",
        "gain",
        "made report",
        "webhook",
        "delivery",
        "service account",
    )
)
MISTYPED = "P-000000-1"
# What a session holds between asking for a code and entering it.
LOGIN = {"email_verification": "none", "signup": False, "redirect_url": None, "phone": None, "signal_kwargs": None}
CODE_SENT = {"failed_attempts": 0, "resend_count": 0, "change_count": 0, "initiated_by_user": True, "code": "BCDF-GHJK"}


def make_file(person, query):
    """A prepared spreadsheet of partnerships."""
    file = list_files.ask(by=person, key="partnerships", query=query, rows=0)
    assert list_files.make_next()
    return file


def make_import(person, office, *rows, name="list.csv"):
    """An import of organizations that was compared and not saved yet. `rows`: lines of CSV with the headings first."""
    content = "\n".join(rows).encode()
    file_import = importing.add_file(
        by=person, jurisdiction=office, kind="organizations", filename=name, content=content
    )
    columns = {int(place): key for place, key in file_import.columns.items()}
    importing.match(one=file_import, by=person, columns=columns)
    assert import_work.process_next()
    return file_import


def make_report(office, **fields):
    """A report definition of an office, and a finished report."""
    usual = {"kind": "council", "jurisdiction": office, "title": "For the council", "eyes": "everyone"}
    definition = reports.save_report(by=SYSTEM, fields=usual | fields)
    made = reports.request_report(definition=definition, by=SYSTEM)
    # Write the PDF in this process, since starting the registry's own process takes a second.
    with mock.patch.object(report_pdf, "render_in_child", report_writer.render_pdf):
        assert report_work.make_next()
    return definition, made


class World:
    """The records of the trials. The office of `people` leads and keeps all of them.

    `records`: name → record. `together`: name → the request that changed it together with others.
    """

    together: dict = {}

    def __init__(self, people):
        self.people, office, self.made_at = people, people.office, clock.now()
        self.term = make_term()
        self.records = {
            "jurisdiction": people.other_office,
            "department": make_department(office),
            "issue area": make_issue_area(),
            "profiled": make_organization("Open coalition", "profiled", kept_by=office),
            "named": make_organization("Named coalition", "named", kept_by=office, listing_source="A report"),
            "unlisted": make_organization("Quiet coalition", "unlisted", kept_by=office),
            "unlisted with the partner": make_organization("Quiet neighbors", "unlisted", kept_by=office),
        }
        neighbor = make_jurisdiction("Ramsey County", "county")
        self._places(neighbor)
        sides = [party(office, "lead"), party(self["profiled"], "member"), party(self["unlisted"], "advisor")]
        sides.append(party(neighbor, "member"))
        self.records |= {
            "published": make_partnership("Shown to all", lead=office, parties=sides),
            "draft": make_partnership("Not yet shown", lead=office, parties=sides, published=False),
        }
        with_partner = [party(office, "lead"), party(people.organization, "member"), party(neighbor, "member")]
        self.records |= {
            "with the partner": make_partnership("Shared work", lead=office, parties=with_partner),
            "shared draft": make_partnership("Shown early", lead=office, parties=with_partner, published=False),
        }
        share_draft(partnership=self["shared draft"], by=SYSTEM, body=people.organization)
        self.records["statement"] = show_remark(partnership=self["with the partner"], by=SYSTEM, text="Kept in time.")
        asked = [people.editor]
        self.records |= {
            "public meeting": make_meeting(self["published"], title="Open table", is_public=True, people=asked),
            "internal meeting": make_meeting(self["published"], title="Inner table", people=asked),
            "meeting of a draft": make_meeting(self["draft"], title="Early table", is_public=True),
            "held meeting": make_meeting(self["published"], title="Held table", is_public=True, days=-1),
            "meeting of the partner": make_meeting(self["with the partner"], title="Their table"),
            "check-in": check_ins.save_check_in_plan(by=SYSTEM, fields=self._rhythm()),
        }
        seat = self["with the partner"].parties.get(organization=people.organization)
        self["meeting of the partner"].participants.create(person=people.editor, party=seat)
        self.records |= self._actions() | self._interactions() | self._activities()
        self.records |= self._measures()
        self.records |= self._makeups()
        self.records["contact"] = Contact.objects.create(
            organization=self["unlisted"], name="Front desk", email="desk@example.org", phone="555-0100"
        )
        self.records |= self._seats()
        self.records["suggestion"] = suggestions.suggest(
            by=None, kind="correct", organization=self["profiled"], fields={"name": "Open coalition of tenants"}
        )
        self.records["claim"] = claims.make_claim(
            by=people.stranger,
            organization=self["named"],
            fields={"position": "Director", "evidence": "Call the desk"},
            file=("letter.txt", "text/plain; charset=utf-8", b"I am."),
        )
        self._rounds()
        self._made_one(office)
        self.records["expected seat"] = expect_seat(office=office, by=SYSTEM, fields=self._seat())
        self._of_accounts()
        self.records["suppression"] = suppress_manually(
            by=people.administrator, address="away@example.org", why="Moved"
        )
        self.records["erasure"] = Erasure.objects.create(at=clock.now())
        left = {"model": "partnerships.partnership", "row_id": self["published"].pk, "field": "summary"}
        LeftText.objects.create(erasure=self["erasure"], jurisdiction=office, **left)
        self.records["email"] = Email.objects.filter(lead=office).first()

    def _seats(self):
        """The partner's seat, and an invitation to the contact of an unlisted organization, which hasn't confirmed its seat."""
        waiting = self["published"].parties.get(organization=self["unlisted"])
        Party.objects.filter(pk=waiting.pk).update(state="recorded")
        invitation = inviting.invite_by_email(party=waiting, by=SYSTEM, contact=self["contact"], source="Its website")
        seat = self["with the partner"].parties.get(organization=self.people.organization)
        return {"seat invitation": invitation, "partner's seat": seat}

    def _made_one(self, office):
        kept, lost = (make_organization(f"Choir {n}", kept_by=office) for n in "AB")
        self.records["organization made one"], offices = kept, [make_department(office, f"Desk {n}") for n in "AB"]
        self.records["department made one"] = offices[0]
        for one, other in ((kept, lost), offices):
            merge(kept=one, lost=other, by=SYSTEM, versions=(None, None))
        twins = [make_person(f"twin{n}@example.org", name=f"Twin {n}") for n in "AB"]
        self.records["joined account"] = merge_people(kept=twins[0], lost=twins[1], by=SYSTEM) and twins[0]

    def _places(self, neighbor):
        people, group = self.people, self["unlisted with the partner"]
        other = make_department(people.office, "Department of Parks")
        elsewhere = make_organization("Coalition of elsewhere", "unlisted")
        for person, body, role in (
            (people.partner, {"organization": group}, "editor"),
            (people.manager, {"organization": group}, "manager"),
            (people.manager, {"jurisdiction": people.office}, "manager"),
            (people.department, {"department": self["department"]}, "editor"),
            (people.other_department, {"department": other}, "editor"),
            (people.member, {"jurisdiction": neighbor}, "editor"),
            (people.partner_reader, {"organization": people.organization}, "reader"),
            (people.partner_reader, {"organization": group}, "reader"),
            (people.other_partner, {"organization": elsewhere}, "editor"),
        ):
            Membership.objects.create(person=person, role=role, **body)
        self.records |= {
            "office": people.office,
            "reader's place": people.reader.memberships.get(),
            "manager's place": people.manager.memberships.get(jurisdiction=people.office),
            "partner's place": people.partner.memberships.get(organization=group),
            "invitation": invite(by=people.manager, body=people.office, address=people.stranger.email, role="reader"),
            "account": people.stranger,
            "suspended account": people.suspended,
        }

    def _actions(self):
        seat = self["with the partner"].parties.get(organization=self.people.organization)
        own = {"partnership": self["published"], "title": "Call the desk", "owner_person": self.people.editor}
        of_partner = {"partnership": self["with the partner"], "title": "Send the data", "owner_party": seat}
        return {
            "action": action_items.save_action(by=SYSTEM, fields=own),
            "partner's action": action_items.save_action(by=SYSTEM, fields=of_partner),
        }

    def _interactions(self):
        office = {"office": self.people.office, "date": in_days(-1), "follow_up_on": in_days(3)}
        inner = office | {"organization": self["profiled"], "summary": "Called the desk"}
        shared = office | {"organization": self.people.organization, "summary": "Met for coffee", "is_shared": True}
        return {
            "interaction": save_interaction(by=SYSTEM, fields=inner),
            "shared interaction": save_interaction(by=SYSTEM, fields=shared),
        }

    def _measures(self):
        """Results that the partner's partnership works on, and two measures with a number, whose data the partner supplies."""
        office, table = self.people.office, self["with the partner"]
        owner = {"party": table.parties.get(organization=self.people.organization), "supplies": True}
        self.said = {}
        public_result = make_result("Homes for all", lead=office, partnerships=[table], is_published=True)
        inner = make_result("Not told yet", lead=office, partnerships=[table])
        found = {
            "public measure": make_measure("Who owns a home", result=public_result, owners=[owner], is_published=True),
            "inner measure": make_measure("Answered in time", partnership=table, owners=[owner]),
        }
        for measure in found.values():
            rows = [{"starts_on": date(year, 1, 1), "numerator": 40, "denominator": 80} for year in (2023, 2024)]
            save_points(measure=measure, by=SYSTEM, rows=rows, party=owner["party"])
            interpretation = {"party": owner["party"], "words": "We count it otherwise.", "starts_on": date(2024, 1, 1)}
            self.said[measure.public_id] = interpretations.save_interpretation(
                measure=measure, by=self.people.partner, kind="dispute", **interpretation
            ).pk
        return {"public result": public_result, "inner result": inner} | found

    def _activities(self):
        """Activities of two partnerships, the partner's gains, and the office's plans."""
        table, shared = self["published"], self["with the partner"]
        seat = shared.parties.get(organization=self.people.organization)
        outcomes = [{"number": "1", "title": "Homes", "partnerships": [table]}]
        return {
            "activity": make_activity(table, "Court papers", parts=[(table.parties.first(), "leads")]),
            "public activity": make_activity(table, "Open help", is_public=True),
            "partner's activity": make_activity(shared, "Shared help", parts=[(seat, "adds")]),
            "gain": save_gain(party=seat, by=SYSTEM, fields={"text": "A say in it"}),
            "plan": make_plan("Inner plan", lead=self.people.office, outcomes=outcomes),
            "public plan": make_plan("Open plan", lead=self.people.office, outcomes=outcomes, is_published=True),
        }

    def _makeups(self):
        """Two advisory bodies with a count of their members, and the population of the office's city."""
        office = self.people.office
        bodies = {
            "body": make_body("Open committee", lead=office),
            "draft body": make_body("Early committee", lead=office, published=False),
        }
        return bodies | {
            "makeup": make_composition(bodies["body"]),
            "makeup of a draft": make_composition(bodies["draft body"]),
            "population": make_population(office),
        }

    def _rounds(self):
        """A round that asks the editor and someone from the partner's organization, and one whose gap has opened."""
        fields = {"title": "Fall round", "closes_on": clock.today() + timedelta(days=30)}
        for name, record, other in (
            ("open round", "with the partner", self.people.organization),
            ("opened round", "published", self["profiled"]),
        ):
            desk = Contact.objects.create(organization=other, name="Asked desk", email=f"asked{other.pk}@example.org")
            parties = self[record].parties
            asked = [(parties.get(jurisdiction=self.people.office), self.people.editor)]
            asked.append((parties.get(organization=other), desk))
            self.records[name] = start_round(partnership=self[record], by=SYSTEM, fields=fields, asked=asked)
        self.records["round place"] = self["open round"].respondents.get(person=None)
        for place, level in zip(self["opened round"].respondents.order_by("pk"), (4, 1), strict=True):
            answering.save_answer(respondent=place, item="decisions", fields={"level": level})
            answer_the_rest(place)
            answering.finish(respondent=place)
        opened = self["opened round"]
        opened.refresh_from_db()
        for place in opened.respondents.select_related("party__partnership"):
            publishing.decide(
                survey_round=opened, by=SYSTEM, party=place.party, agrees=True, reply="What we say beside it."
            )
        opened.refresh_from_db()
        self.records["place in the opened round"] = self["published"].parties.get(jurisdiction=self.people.office)
        self.records["partner to name people"] = self._partner_by_link(fields | {"asks": "engagement"})
        chosen = [self["with the partner"]]
        self.records["portfolio"] = start_portfolio(partnerships=chosen, by=self.people.editor, fields=fields)

    def _partner_by_link(self, fields):
        """A partner without an account, whose contact confirmed its seat by a link, in a round without people yet."""
        seat = self["published"].parties.get(organization=self["profiled"])
        self.records["contact with a link"] = seat.organization.contacts.get(name="Asked desk")
        confirm_by_link(seat, self["contact with a link"], days=20)
        self.records["partner to agree"] = AskedParty.objects.get(party=seat, side__round=self["opened round"])
        self.agreed_at = self["opened round"].publishing_words.get(party=seat).at
        self.stated_mark = mark_of(last_statement(seat))
        start_round(partnership=self["published"], by=self.people.editor, fields=fields, asked=[(seat, NO_PROPOSAL)])
        return AskedParty.objects.get(party=seat, named_at=None)

    def _of_accounts(self):
        """What belongs to an account: tokens, follows, drafts and more."""
        people = self.people
        token, _ = make_token(by=people.editor, name="Nightly copy", days=90)
        calendar, self.secret_calendar = make_feed(by=people.editor)
        passkey = people.suspended.authenticator_set.create(type="webauthn", data={"name": "Phone"})
        self.records |= {"token of the editor": token, "passkey of the suspended": passkey}
        self.records |= {"calendar of the editor": calendar}
        follow(by=people.editor, record=self["published"])
        trainings = {"by": people.editor, "key": "partnerships", "query": "kind=training"}
        self.records["editor's saved list"] = save_list(**trainings, name="My trainings")
        self.records["office's saved list"] = save_list(**trainings, office=people.office, name="Our trainings")
        unsaved = {"title": ["Half a title"], "draft_hand": ["hand"]}
        kept = save_draft(by=people.editor, page="/partnerships/new/?kind=contract", fields=unsaved)
        self.records["editor's unsaved text"] = kept
        self.records["editor's spreadsheet"] = make_file(people.editor, "kind=training")
        reported = make_report(people.office, query="kind=joint_project")
        self.records["office's report"], self.records["office's made report"] = reported
        rows = ("Name,Website", "Fresh readers,https://fresh.example.org", "Named coalition,https://named.example.org")
        self.records["editor's import"] = make_import(people.editor, people.office, *rows)
        hook = {"name": "Council channel", "url": "https://hooks.example.org/T0", "format": "slack", "reach": "own"}
        hook |= {"kinds": ["status"], "rights": "public"}
        self.records["webhook"], _ = add_webhook(by=people.manager, body=people.office, fields=hook)
        service = {"name": "Council site", "role": "editor", "days": 90, "writes": ["meetings"]}
        self.records["service account"], _ = add_service_account(by=people.manager, body=people.office, **service)
        now = clock.now()
        sent = {"state": "sent", "status": 200, "payload": "{}", "made_at": now, "attempted_at": now, "took": 12}
        sent |= {"next_attempt_at": now, "attempts": 1}
        self.records["delivery"] = self.records["webhook"].deliveries.create(occurrence="test/1", **sent)
        own = people.reader.memberships.all()
        self.secret = make_token(by=people.reader, name="Reads along", days=90, memberships=own)[1]

    def _rhythm(self):
        return {
            "partnership": self["published"],
            "rhythm": "monthly",
            "anchor_on": clock.today() + timedelta(days=3),
            "zone": "America/Chicago",
            "person": self.people.editor,
        }

    def _seat(self):
        term = make_term("organization_kind", "labor_union")
        return {"partnership": self["with the partner"], "term": term, "circle": "consulted"}

    def client(self, role):
        """A client of this role: a browser, or a program with a token."""
        if role == "read_token":
            return Client(raise_request_exception=False, headers={"authorization": f"Bearer {self.secret}"})
        client = Client(raise_request_exception=False)
        if role == "link_holder":
            # Followed the link of an invitation and asked for a code that they can't enter.
            session, invited, now = client.session, self.people.stranger, time.time()
            code = LoginCode.objects.create(asked="link holder", is_open=False, made_at=clock.now())
            stages = {
                "current": "login_by_code",
                "login_by_code": {"data": CODE_SENT | {"email": invited.email, "at": now, CODE_NUMBER: code.pk}},
            }
            session["account_login"] = LOGIN | {"user_pk": str(invited.pk), "email": invited.email}
            session["account_login"] |= {"state": {"stages": stages}, "initiated_at": now}
            session.save()
            client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        elif role != "anonymous":
            client.force_login(getattr(self.people, role))
        return client

    def roles(self):
        return ("anonymous", "link_holder", *self.people.as_roles(), "read_token")

    def __getitem__(self, name):
        return self.records[name]

    def link(self, route):
        """The token of the editor's personal link to this page, always from the same moment and therefore the same."""
        plan = self["check-in"]
        purpose, subject = {
            "answer_meeting": (links.MEETING, self["public meeting"].pk),
            "stop_emails": (links.EMAILS, "meeting_reminder"),
            "answer_ties": (links.ROUND, self["open round"].respondents.get(person=self.people.editor).pk),
            "answer_round": (links.ROUND, self["open round"].respondents.get(person=self.people.editor).pk),
            "answer_seat": (links.SEAT, self["seat invitation"].pk),
            "name_by_link": (links.PEOPLE, self["partner to name people"].pk),
            "agree_by_link": (links.AGREEMENT, [self["partner to agree"].pk, "publish", self.agreed_at.isoformat()]),
            "state_by_link": (links.STATEMENT, [self["partner to agree"].party_id, self.stated_mark]),
            "answer_check_in": (links.CHECK_IN, [plan.pk, plan.next_due_on.isoformat()]),
        }[route]
        readers = {"answer_seat": self["contact"], "name_by_link": self["contact with a link"]}
        readers |= dict.fromkeys(("agree_by_link", "state_by_link"), self["contact with a link"])
        reader = readers.get(route, self.people.editor)
        return links.make(purpose, recipients.read_recipient(reader), subject, self.made_at + timedelta(days=9))

    def key(self, name):
        """Return how an address names this record. “no partnership” is an id that no record has."""
        if name == "secret calendar":
            return self.secret_calendar
        if name == "no link":
            return "bm8.bGluaw"
        missing = {"no partnership": "P", "no organization": "G", "no jurisdiction": "J", "no department": "D"}
        missing |= {"no meeting": "M", "no round": "R", "no seat": "E", "no portfolio": "F"}
        missing |= {"no issue area": "A", "no action": "A", "no result": "S", "no measure": "N", "no activity": "V"}
        missing |= {"no plan": "K", "no report": "Q", "no makeup": "B", "no population": "C", "no check-in": "T"}
        missing |= {"no interaction": "H"}
        if name in missing:
            return MISSING[missing[name]]
        if name in NUMBERED:
            return 987654321
        if name == "mistyped":
            return MISTYPED
        record = self[name]
        return record.key if name == "issue area" else getattr(record, "public_id", record.pk)
