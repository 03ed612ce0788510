"""Revoked rights end at the next request: in every session, with every token, on open connections, and for open forms.

Each scenario gives someone rights, tries all of them (all must work), opens the forms again, takes the rights away, and
tries everything again (nothing may work).
"""

import itertools
import json
from dataclasses import dataclass, field

from partnerships.accounts.choices import Writable
from partnerships.accounts.service_accounts import add_service_account
from partnerships.accounts.token_actions import make_token
from partnerships.models import Invitation, Membership, Organization, Partnership
from tests.factories import make_department, make_jurisdiction, make_organization, make_partnership, make_person, party
from tests.serving import Browser

OUT = (401, 403, 404)
DOORS = ("/sign-in/", "/vocabularies/login/")


class Page:
    """A page or an API answer with words that not everyone may see. With `stays`, a list that remains and loses these words."""

    def __init__(self, browser, path, words, *, stays=False):
        self.browser, self.path, self.words, self.stays, self.etag = browser, path, words, stays, None

    def is_theirs(self):
        answer = self.browser.get(self.path)
        self.etag = answer.headers.get("ETag")
        return answer.status == 200 and self.words in answer.text

    def hold(self):
        pass

    def is_gone(self):
        # As a client with a cached answer, which must not get a 304.
        answers = [self.browser.get(self.path, **({"If-None-Match": tag} if tag else {})) for tag in {self.etag, None}]
        return all(self.words not in a.text and (_is_out(a) or (self.stays and a.status == 200)) for a in answers)


class Form:
    """A form that changes something, by what `count` returns.

    It's sent with `first` while that is allowed. It's open when the right ends, and is then sent with `later`.
    """

    def __init__(self, browser, path, first, later, count):
        self.browser, self.path, self.first, self.later, self.count = browser, path, first, later, count
        self.held = None

    def is_theirs(self):
        self.hold()
        before = self.count()
        return self._send(self.first).status == 302 and self.count() != before

    def hold(self):
        answer = self.browser.get(self.path)
        assert answer.status == 200, (self.path, answer.status)
        self.held = answer.fields
        self.held["version"] = self.held.get("version", [])[:1]  # of the page's first form

    def is_gone(self):
        before = self.count()
        return _is_out(self._send(self.later)) and self.count() == before

    def _send(self, fields):
        return self.browser.post(self.path, self.held | fields)


class Call(Form):
    """A field (`first`) that a program changes with its token, under the ETag that it read while it might, and under any."""

    said = itertools.count()

    def is_theirs(self):
        self.hold()
        before = self.count()
        return self._send(self.held).status == 200 and self.count() != before

    def hold(self):
        self.held = self.browser.get(self.path).headers["ETag"]

    def is_gone(self):
        before = self.count()
        return all(_is_out(self._send(tag)) for tag in (self.held, "*")) and self.count() == before

    def _send(self, tag):
        more = {"Content-Type": "application/json", "If-Match": tag}
        return self.browser.ask("PATCH", self.path, json.dumps({self.first: f"Said {next(self.said)}"}), **more)


def _is_out(answer):
    return answer.status in OUT or (answer.status == 302 and answer.location.startswith(DOORS))


class Acceptance(Form):
    """The form that accepts an invitation. It works once, so before the revocation it's only opened."""

    def __init__(self, browser, invitation):
        accept = {"answer": "accept"}
        super().__init__(
            browser, f"/invitations/{invitation.pk}/", accept, accept, _count_of(invitation.body.memberships)
        )

    def is_theirs(self):
        self.hold()
        return "csrfmiddlewaretoken" in self.held


@dataclass
class Scenario:
    """`tries`: pages and forms. `take` takes the right to them away. `others`: pages and forms that must still work then."""

    tries: list
    take: object
    others: list = field(default_factory=list)


class Stage:
    """The offices, organizations and records around the people of a scenario, who are new each time."""

    def __init__(self, port, sessions=2):
        self.port, self.sessions, self.people, self.browsers = port, sessions, 0, []
        self.office = make_jurisdiction("City of Minneapolis")
        self.unit = make_department(self.office)
        self.administrator = self.person(is_administrator=True)
        self.manager = self.person()
        Membership.objects.create(person=self.manager, jurisdiction=self.office, role="manager")

    def person(self, **fields):
        self.people += 1
        return make_person(f"person{self.people}@example.org", name=f"Person {self.people}", **fields)

    def member(self, role, **body):
        person = self.person()
        Membership.objects.create(person=person, role=role, **body)
        return person

    def group(self, name="Neighbors"):
        """Make an unlisted organization with a manager, which only its own people and its office can see."""
        group = make_organization(f"{name} {self.people}", "unlisted", kept_by=self.office)
        self.member("manager", organization=group)
        return group

    def draft(self, *more):
        sides = [party(self.office, "lead"), *(party(body, "member") for body in more)]
        return make_partnership(f"Early draft {self.people}", lead=self.office, parties=sides, published=False)

    def browser(self, person=None, **headers):
        self.browsers.append(Browser(self.port, person, **headers))
        return self.browsers[-1]

    def copy_of(self, browser):
        """The same session on another connection."""
        copy = self.browser()
        copy.cookies = dict(browser.cookies)
        return copy

    def browsers_of(self, person):
        return [self.browser(person) for _ in range(self.sessions)]

    def token(self, person, *memberships):
        """Return (token, a client that uses it)."""
        self.people += 1  # a name of its own
        writes = Writable.values if memberships else ()
        made, secret = make_token(
            by=person, name=f"Copy {self.people}", days=30, memberships=memberships, writes=writes
        )
        return made, self.browser(Authorization=f"Bearer {secret}")

    def service_account(self, person):
        """A client that uses a service account of the office, for which this person answers."""
        self.people += 1
        given = {"name": f"Site {self.people}", "role": "editor", "days": 30, "writes": Writable.values}
        _, secret = add_service_account(by=person, body=self.office, **given)
        return self.browser(Authorization=f"Bearer {secret}")

    # What members have

    def of_draft(self, browsers, draft):
        """Yield the ways to read a draft: its page, lists and the API."""
        title, key = draft.title, draft.public_id
        for browser in browsers:
            if "Authorization" not in browser.headers:
                yield Page(browser, f"/partnerships/{key}/", title)
                yield Page(browser, "/partnerships/", title, stays=True)
                # The server closes the connection of a download, so it gets its own.
                yield Page(self.copy_of(browser), "/partnerships.csv", title, stays=True)
            yield Page(browser, f"/api/v1/partnerships/{key}/", title)
            yield Page(browser, "/api/v1/partnerships/", title, stays=True)

    def of_writing(self, browsers, draft):
        """Yield the forms that change a draft."""

        def version():
            return Partnership.objects.get(pk=draft.pk).version

        page, meeting = f"/partnerships/{draft.public_id}", {"title": "Table", "date": "2030-01-15", "time": "10:00"}
        meeting["despite"] = "yes"  # other partners meet then
        for n, browser in enumerate(browsers):
            yield Form(browser, f"{page}/edit/", {"summary": f"First {n}"}, {"summary": f"Later {n}"}, version)
            yield Form(browser, f"{page}/meetings/new/", meeting, meeting, _count_of(draft.meetings))

    def of_calls(self, programs, record):
        """Changing a draft or an organization through the API."""

        def version():
            return type(record).objects.get(pk=record.pk).version

        kind, name = record._meta.model_name, "summary" if isinstance(record, Partnership) else "aims"
        for program in programs:
            path = f"/api/v1/{kind}s/{record.public_id}/"
            yield Call(program, path, name, None, version)

    def of_group(self, browsers, group):
        """Yield the ways to read an unlisted organization."""
        for browser in browsers:
            yield Page(browser, f"/organizations/{group.public_id}/", group.name)
            yield Page(browser, f"/organizations/{group.public_id}/mine/", group.name)
            yield Page(browser, f"/organizations/{group.public_id}/people/", group.name)
            yield Page(browser, f"/api/v1/organizations/{group.public_id}/", group.name)

    def of_profile(self, browsers, group):
        """Yield the form that changes the person's own organization."""

        def version():
            return Organization.objects.get(pk=group.pk).version

        for n, browser in enumerate(browsers):
            page = f"/organizations/{group.public_id}/mine"
            yield Form(browser, f"{page}/work/", {"aims": f"First {n}"}, {"aims": f"Later {n}"}, version)
            yield Form(browser, f"{page}/place/", {"area_note": f"Here {n}"}, {"area_note": f"There {n}"}, version)

    def of_inviting(self, browsers, body):
        page = f"/{body._meta.model_name}s/{body.public_id}/people"
        for n, browser in enumerate(browsers):
            one, other = (
                {"email": f"{who}{n}.{self.people}@example.org", "role": "reader"} for who in ("guest", "later")
            )
            yield Form(browser, f"{page}/invite/", one, other, _count_of(Invitation.objects.filter(answered_at=None)))


def _count_of(rows):
    return lambda: rows.count()


@dataclass
class Trial:
    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    kept: int = 0  # connections that stayed open throughout


def attempt(name, scenario, stage) -> Trial:
    found = Trial()
    tries = [*scenario.tries, *scenario.others]
    for one in tries:
        if not one.is_theirs():
            found.wrong.append(f"{name}: {_where(one)} is not theirs before")
    for one in tries:
        one.hold()
    opened = {browser: browser.opened for browser in stage.browsers}
    scenario.take()
    for one in scenario.tries:
        found.tried += 1
        if not one.is_gone():
            found.wrong.append(f"{name}: {_where(one)} is still theirs")
    for one in scenario.others:
        one.hold()
        if not one.is_theirs():
            found.wrong.append(f"{name}: {_where(one)} is lost too")
    found.kept = sum(browser.opened == before for browser, before in opened.items())
    for browser in stage.browsers:
        browser.close()
    stage.browsers.clear()
    return found


def _where(one):
    return f"{type(one).__name__} {one.path}"
