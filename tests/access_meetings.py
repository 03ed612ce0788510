"""The part of the table of rights (tests/access.py) for meetings, action items, check-ins, rounds, and links in emails."""

from tests.access_roles import ANYONE, EDITORS, GUESTS, NOBODY, OFFICE, OWN, READ, SIGNED_IN, WRITE, WRITERS, Group

# fmt: off
GROUPS = (
    Group("a meeting", READ, ("meeting",), {"public meeting": ANYONE, "internal meeting": OFFICE,
        "meeting of a draft": OFFICE, "held meeting": ANYONE, "meeting of the partner": GUESTS, "no meeting": NOBODY}),
    Group("changing a meeting", WRITE, ("meeting_edit", "meeting_cancel", "meeting_close"), {
        "public meeting": (ANYONE, WRITERS), "internal meeting": (OFFICE, WRITERS), "meeting of a draft": (OFFICE, WRITERS),
        "held meeting": (ANYONE, WRITERS), "meeting of the partner": (GUESTS, WRITERS), "no meeting": NOBODY}),
    # The person who has to do it sees it too. The role “partner” edits the organization that has the partner's action
    # item.
    # Everyone sees the public part of the network. Scores are for anyone with a role somewhere: only they may ask for them.
    Group("the network", OWN, ("network",), statuses={200: ANYONE}),
    Group("the network as a file", READ, ("network_csv",), {"": SIGNED_IN - {"stranger"}}),
    Group("lists of actions", READ, ("actions", "actions_csv", "actions_filters", "actions_filter_menu"),
        {"": SIGNED_IN - {"stranger"}}),
    Group("an action", READ, ("action",), {"partner's action": GUESTS, "action": OFFICE, "no action": NOBODY}),
    Group("changing an action", WRITE, ("action_edit",),
        {"partner's action": (GUESTS, WRITERS), "action": (OFFICE, WRITERS), "no action": NOBODY}),
    Group("saying how an action stands", WRITE, ("action_note",),
        {"partner's action": (GUESTS, WRITERS | {"partner"}), "action": (OFFICE, WRITERS), "no action": NOBODY}),
    # An office reads its own interactions, and the other side those that are shared with it.
    Group("lists of interactions", READ, ("interactions", "interactions_csv", "interactions_filters",
        "interactions_filter_menu"), {"": SIGNED_IN - {"stranger"}}),
    Group("timelines with an organization", READ, ("organization_timeline",), {"profiled": SIGNED_IN - {"stranger"},
        "named": SIGNED_IN - {"stranger"}, "unlisted": OFFICE, "no organization": NOBODY}),
    *(Group(f"timelines with a {name}", READ, (f"{name}_timeline",), {name: SIGNED_IN - {"stranger"}, f"no {name}": NOBODY})
        for name in ("jurisdiction", "department")),
    Group("owners of a partnership", WRITE, ("partnership_owner",), {"published": (ANYONE, WRITERS - {"administrator"}),
        "draft": (OFFICE, WRITERS - {"administrator"}), "no partnership": NOBODY}),
    # Each office has an owner of its own for an organization.
    Group("owners of an organization", WRITE, ("organization_owner",), {"profiled": (ANYONE, EDITORS - {"administrator"}),
        "unlisted": (OFFICE, WRITERS - {"administrator"}), "no organization": NOBODY}),
    Group("logging an interaction", WRITE, ("interaction_new",), {"": (ANYONE, EDITORS - {"administrator"})}),
    Group("an interaction", READ, ("interaction",),
        {"interaction": OFFICE, "shared interaction": GUESTS, "no interaction": NOBODY}),
    Group("changing an interaction", WRITE, ("interaction_edit", "interaction_follow_up"),
        {"interaction": (OFFICE, WRITERS), "shared interaction": (GUESTS, WRITERS), "no interaction": NOBODY}),
    Group("a remark about an interaction", WRITE, ("interaction_remark",), {"interaction": (OFFICE, NOBODY),
        "shared interaction": (GUESTS, (WRITERS - {"administrator"}) | {"partner"}), "no interaction": NOBODY}),
    # Anyone with a link from an email is treated as its recipient, signed in or not.
    Group("answering by a link", WRITE, ("answer_meeting", "answer_check_in", "answer_round", "answer_ties",
        "stop_emails", "answer_seat", "name_by_link", "agree_by_link",
        "state_by_link"),
        {"its link": (ANYONE, ANYONE), "no link": NOBODY}),
    Group("a calendar by its secret address", READ, ("own_feed",), {"secret calendar": ANYONE, "no link": NOBODY}),
    Group("the public calendar", READ, ("partnership_feed",),
        {"published": ANYONE, "draft": NOBODY, "shared draft": NOBODY, "no partnership": NOBODY, "mistyped": NOBODY}),
    # A round of a partnership is for the lead agency's staff and the users of its partners. The role “partner” speaks
    # for one of those.
    Group("starting a round", WRITE, ("round_new",), {"with the partner": (ANYONE, WRITERS | {"partner", "member"}),
        "published": (ANYONE, WRITERS | {"member"}), "draft": (OFFICE, WRITERS), "shared draft": (GUESTS, WRITERS),
        "no partnership": NOBODY, "mistyped": NOBODY}),
    # The overview of many partnerships is for anyone with a role somewhere. Editors of any office or organization can
    # start rounds.
    Group("rounds side by side", READ, ("rounds", "rounds_csv", "rounds_filters", "rounds_filter_menu"),
        {"": SIGNED_IN - {"stranger"}}),
    Group("starting many rounds", WRITE, ("portfolio_new",), {"": (SIGNED_IN - {"stranger"},
        EDITORS | {"partner", "department", "other_department", "other_partner"})}),
    Group("rounds started together", READ, ("portfolio",), {"portfolio": GUESTS | {"member"}, "no portfolio": NOBODY}),
    # Who did what in it: all who see it, each as far as they may know of a partner (tests/web/test_round_history.py).
    Group("a round", READ, ("round", "round_history"),
        {"open round": GUESTS | {"member"}, "opened round": OFFICE | {"member"}, "no round": NOBODY}),
    # The lead agency started both rounds. A partner that didn't start a round can't move or cancel it.
    Group("moving a round", WRITE, ("round_move", "round_cancel", "round_remind"), {"open round": (GUESTS | {"member"}, WRITERS),
        "opened round": (OFFICE | {"member"}, WRITERS), "no round": NOBODY}),
    # Only the partner's own editors name its respondents: not the office that keeps the record, and not an
    # administrator.
    Group("naming who answers for a partner", WRITE, ("round_name",),
        {"open round": (GUESTS | {"member"}, {"partner"}), "opened round": NOBODY, "no round": NOBODY}),
    # That partner has an editor, who names its respondents, so it needs no printed code.
    Group("printing a code for a partner", WRITE, ("round_code",),
        {"open round": (GUESTS | {"member"}, set()), "opened round": NOBODY, "no round": NOBODY}),
    Group("objecting to a place on one's own side", WRITE, ("round_object",),
        {"round place": (GUESTS | {"member"}, set()), "no round place": NOBODY}),
    # No other side entered a partner of the world.
    Group("vouching for a partner that another side entered", WRITE, ("round_vouch",),
        {"open round": NOBODY, "opened round": NOBODY, "no round": NOBODY}),
    Group("responding to a gap", WRITE, ("round_note", "round_respond"),
        {"opened round": (OFFICE | {"member"}, WRITERS), "open round": NOBODY, "no round": NOBODY}),
    # Each partner decides for itself whether everyone may read the round. The seat here is the office's.
    Group("saying that a round may be published", WRITE, ("round_publish",),
        {"opened round": (OFFICE | {"member"}, WRITERS - {"administrator"}), "open round": NOBODY, "no round": NOBODY}),
    Group("a published round", READ, ("round_published",), {"opened round": ANYONE, "open round": NOBODY, "no round": NOBODY}),
    Group("recording answers for someone", WRITE, ("round_record",),
        {"round place": (GUESTS | {"member"}, WRITERS | {"partner"}), "no round place": NOBODY}),
    Group("changing check-ins, and noting one", WRITE, ("checkinplan", "check_in_done"), {"check-in": (OFFICE, WRITERS),
        "no check-in": NOBODY}),
)
