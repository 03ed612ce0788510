"""The part of the table of rights (tests/access.py) about meetings, actions, check-ins and what is answered to letters."""

from tests.access_roles import ANYONE, EDITORS, GUESTS, NOBODY, OFFICE, READ, SIGNED_IN, WRITE, WRITERS, Group

# fmt: off
GROUPS = (
    Group("a meeting", READ, ("meeting",), {"public meeting": ANYONE, "internal meeting": OFFICE,
        "meeting of a draft": OFFICE, "held meeting": ANYONE, "meeting of the partner": GUESTS, "no meeting": NOBODY}),
    Group("changing a meeting", WRITE, ("meeting_edit", "meeting_cancel", "meeting_close"), {
        "public meeting": (ANYONE, WRITERS), "internal meeting": (OFFICE, WRITERS), "meeting of a draft": (OFFICE, WRITERS),
        "held meeting": (ANYONE, WRITERS), "meeting of the partner": (GUESTS, WRITERS), "no meeting": NOBODY}),
    # Whoever owes it sees it too; the partner edits the organization that owes the partner's.
    # Whoever belongs to a body sees what of the network is theirs to see.
    Group("the network", WRITE, ("network",), {"": (SIGNED_IN - {"stranger"}, SIGNED_IN - {"stranger"})}),
    Group("the network as a file", READ, ("network_csv",), {"": SIGNED_IN - {"stranger"}}),
    Group("lists of actions", READ, ("actions", "actions_csv"), {"": SIGNED_IN - {"stranger"}}),
    Group("an action", READ, ("action",), {"partner's action": GUESTS, "action": OFFICE, "no action": NOBODY}),
    Group("changing an action", WRITE, ("action_edit",),
        {"partner's action": (GUESTS, WRITERS), "action": (OFFICE, WRITERS), "no action": NOBODY}),
    Group("saying how an action stands", WRITE, ("action_note",),
        {"partner's action": (GUESTS, WRITERS | {"partner"}), "action": (OFFICE, WRITERS), "no action": NOBODY}),
    # Whoever has a link of a letter is its reader, signed in or not.
    Group("answering by a link", WRITE, ("answer_meeting", "answer_check_in", "answer_round", "answer_ties",
        "stop_letters", "answer_seat"),
        {"its link": (ANYONE, ANYONE), "no link": NOBODY}),
    Group("a calendar by its secret address", READ, ("own_feed",), {"secret calendar": ANYONE, "no link": NOBODY}),
    Group("the public calendar", READ, ("partnership_feed",),
        {"published": ANYONE, "draft": NOBODY, "shared draft": NOBODY, "no partnership": NOBODY, "mistyped": NOBODY}),
    # A round of a partnership is for its lead's staff and the people of its parties; the partner speaks for one of them.
    Group("starting a round", WRITE, ("round_new",), {"with the partner": (ANYONE, WRITERS | {"partner", "member"}),
        "published": (ANYONE, WRITERS | {"member"}), "draft": (OFFICE, WRITERS), "shared draft": (GUESTS, WRITERS),
        "no partnership": NOBODY, "mistyped": NOBODY}),
    # Over many partnerships: for whoever belongs somewhere, and to start them for whoever writes for some body.
    Group("rounds side by side", READ, ("rounds", "rounds_csv"), {"": SIGNED_IN - {"stranger"}}),
    Group("starting many rounds", WRITE, ("portfolio_new",), {"": (SIGNED_IN - {"stranger"},
        EDITORS | {"partner", "department", "other_department", "other_partner"})}),
    Group("rounds started together", READ, ("portfolio",), {"portfolio": GUESTS | {"member"}, "no portfolio": NOBODY}),
    Group("a round", READ, ("round",),
        {"open round": GUESTS | {"member"}, "opened round": OFFICE | {"member"}, "no round": NOBODY}),
    # The lead agency started both: a partner that did not start a round neither moves nor cancels it.
    Group("moving a round", WRITE, ("round_move", "round_cancel"), {"open round": (GUESTS | {"member"}, WRITERS),
        "opened round": (OFFICE | {"member"}, WRITERS), "no round": NOBODY}),
    # Only the partner's own editors name its people: not the office that keeps the record, nor an administrator.
    Group("naming who answers for a partner", WRITE, ("round_name",),
        {"open round": (GUESTS | {"member"}, {"partner"}), "opened round": NOBODY, "no round": NOBODY}),
    # The partner there has an editor, who names its people.
    Group("printing a code for a partner", WRITE, ("round_code",),
        {"open round": (GUESTS | {"member"}, set()), "opened round": NOBODY, "no round": NOBODY}),
    Group("objecting to a place on one's own side", WRITE, ("round_object",),
        {"round place": (GUESTS | {"member"}, set()), "no round place": NOBODY}),
    Group("responding to a gap", WRITE, ("round_note",),
        {"opened round": (OFFICE | {"member"}, WRITERS), "open round": NOBODY, "no round": NOBODY}),
    # Each party says for itself whether everyone may read it; the place is the office's.
    Group("saying that a round may be published", WRITE, ("round_publish",),
        {"opened round": (OFFICE | {"member"}, WRITERS - {"administrator"}), "open round": NOBODY, "no round": NOBODY}),
    Group("a published round", READ, ("round_published",), {"opened round": ANYONE, "open round": NOBODY, "no round": NOBODY}),
    Group("recording answers for someone", WRITE, ("round_record",),
        {"round place": (GUESTS | {"member"}, WRITERS | {"partner"}), "no round place": NOBODY}),
    Group("changing check-ins, and noting one", WRITE, ("checkinplan", "check_in_done"), {"check-in": (OFFICE, WRITERS),
        "no check-in": NOBODY}),
)
