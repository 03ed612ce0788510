"""The world of tests.world with a canary in every private field, planted through the registry's own actions.

`CanaryWorld(people)` has all of them. `CanaryWorld(people, role="partner")` has only those that this role may see by
the table. The role must get the same answers in both.
"""

from partnerships.accounts.token_actions import make_token
from tests.canaries import accounts, activities, circles, measures, meetings, organizations, partnerships, rounds
from tests.canaries.table import WHO
from tests.canaries.words import written
from tests.people import ROLES as PEOPLE
from tests.world import World

# Roles that send requests, by tests.world. A public token reads what everyone may.
BY_TOKEN = ("read_token", "public_token")
ROLES = ("anonymous", "link_holder", *PEOPLE, *BY_TOKEN)
# Those who only get emails, by the canary that is their email address.
TO = {
    "contact.email": "contact",
    "suggestion.address": "sender",
    "person.email": "newcomer",
    "person.email of a claim": "claimant",
    "person.email of a colleague without a name": "editor",
}


class CanaryWorld(World):
    def __init__(self, people, role=None):
        super().__init__(people)
        self.role, self.planted = role, set()
        self.member_office = people.member.memberships.get().jurisdiction
        self.records |= {"partner's organization": people.organization, "member's office": self.member_office}
        self.unlisted_before = self["unlisted"]  # the canary of this name replaces it, where it is
        # Email addresses of no role → their name in the table. The twins were told that their accounts were merged.
        self.to = dict.fromkeys((f"twin{n}@example.org" for n in "ab"), "newcomer")
        for room in (accounts, organizations, partnerships, meetings, rounds, circles, measures, activities):
            room.plant(self)
        self.public_secret = make_token(by=people.reader, name="Reads what all may", days=9)[1]

    def client(self, role):
        if role == "public_token":
            client = super().client("read_token")
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.public_secret}"
            return client
        return super().client(role)

    def has(self, name) -> bool:
        """Whether this canary is in this world."""
        return self.role is None or self.role in WHO[name]

    def put(self, name) -> str:
        """Return the value of its field: the canary, or an empty text."""
        if not self.has(name):
            return ""
        self.planted.add(name)
        text = written(name)
        if "@" in text:
            self.to[text] = TO.get(name, TO[name.partition(" ")[0]])
        return text

    def add(self, name, make, **fields):
        """Make a record only if its canary is in this world: `make(word, **fields)`. Returns the record or None."""
        if not self.has(name):
            return None
        record = self.records[name] = make(self.put(name), **fields)
        return record
