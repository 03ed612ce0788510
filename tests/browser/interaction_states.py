"""States of the pages of interactions, and the addresses of their records."""

import re

from tests.browser.site import COLLEAGUE, PARTNER, STAFF

SIGNED_IN = (COLLEAGUE, STAFF, PARTNER)
NO_PAGES = {
    **dict.fromkeys(("interactions_csv", "interactions_xlsx"), "a file"),
    "interaction_follow_up": "one press",
}


class InteractionAddresses:
    @property
    def log_with_own(self):
        return f"/interactions/new/?side={self['profiled'].strip('/').split('/')[-1]}"

    def _logged(self, summary, **fields):
        """The page of an interaction with the tenants' association that staff log now."""
        self.staff.send(self["log_with_own"], summary=summary, **fields)
        text = self.staff.get("/interactions/").text
        return re.search(rf'href="(/interactions/H-[^"]+/)"[^>]*>(?:<[^>]+>|\s)*{summary}', text)[1]

    @property
    def shared_interaction(self):
        page = self._logged("Call that is shared", is_shared="on", text="We agreed on a date.")
        self.staff.send(f"{page}remark/", text="We sent the date.")
        return page

    @property
    def changed_interaction(self):
        page = self._logged("Visit that changes", kind="visit")
        self.staff.send(f"{page}edit/", summary="Visit that changed", version="1")
        return page

    @property
    def clashing_interaction(self):
        return self._logged("Call with two writers")

    @property
    def interaction_undo(self):
        return self._last_undo(self["changed_interaction"])


def add_all(add, refused):
    add("interactions", "filled", "/interactions/", SIGNED_IN, narrow=True)
    add("interactions", "nothing found", "/interactions/?after=2190-01-01", (STAFF,))
    add("interactions", "asked wrongly", "/interactions/?kidn=x", (STAFF,), status=400)
    add("interaction", "shared", "{shared_interaction}", (STAFF, PARTNER), narrow=True)
    add("interaction", "nothing said", "{clashing_interaction}", (STAFF, COLLEAGUE))
    add("organization_timeline", "filled", "{profiled}timeline/", SIGNED_IN, narrow=True)
    add("organization_timeline", "of one kind", "{profiled}timeline/?kind=interaction", (STAFF,))
    add("organization_timeline", "nothing found", "{profiled}timeline/?before=1990-01-01", (STAFF,))
    add("organization_timeline", "asked wrongly", "{profiled}timeline/?kind=x", (STAFF,), status=400)
    add("organization_owner", "blank", "{profiled}owner/", (STAFF,), narrow=True)
    refused("organization_owner", "{profiled}owner/", {"owner": "", "backup": "2"}, alone=True)
    add("partnership_owner", "blank", "{strategy}owner/", (STAFF,))
    add("department_timeline", "filled", "{office}timeline/", (STAFF,))
    add("jurisdiction_timeline", "nothing yet", "{city}timeline/", (STAFF,))
    add("interaction_new", "with whom", "/interactions/new/", (STAFF,))
    add("interaction_new", "unknown side", "/interactions/new/?with=1&side=zzyzx", (STAFF,))
    add("interaction_new", "blank", "{log_with_own}", (STAFF,), narrow=True)
    refused("interaction_new", "{log_with_own}", {"summary": "", "date": "2190-01-01"}, narrow=True)
    add("interaction_edit", "filled", "{shared_interaction}edit/", (STAFF,))
    refused("interaction_edit", "{shared_interaction}edit/", {"summary": "", "follow_up_on": "someday"})
    add(
        "interaction_edit",
        "two texts",
        "{clashing_interaction}edit/",
        (STAFF,),
        status=409,
        sent={"text": "My text"},
        meanwhile={"text": "Another’s text"},
        alone=True,
    )
    add("interaction_remark", "blank", "{shared_interaction}remark/", (PARTNER,), narrow=True)
    refused("interaction_remark", "{shared_interaction}remark/", {"text": ""}, PARTNER)
    add("interaction_history", "filled", "{changed_interaction}history/", (STAFF, COLLEAGUE))
    add("interaction_undo", "blank", "{interaction_undo}", (STAFF,))
