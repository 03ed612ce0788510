"""Tasks of both sides with rounds. Each function gets `hands` and does a task of tasks.md."""

import re

from tests.browser.days import in_days
from tests.browser.emails import ROUND_OF_TEN, link_in_email
from tests.browser.groups import office
from tests.browser.site import PARTNER, STAFF
from tests.browser.staff_tasks import named
from tests.browser.tasks import task
from tests.browser.visitor_tasks import STRATEGY, find


@task("answer-round")
def _(hands):
    """The respondent is the same each time, so there may be an answer already, which can be given again."""
    link = link_in_email(hands.site, *ROUND_OF_TEN)
    hands.go_to(link)
    hands.sees_title("How is the work going, from where you sit?")
    with hands.in_fold("Decisions and power"):
        hands.press("Save and go on")
    hands.sees("We haven’t saved this yet. Everything you typed is still here.")
    with hands.in_fold("Decisions and power"):
        hands.tick("1. Started")
        hands.unfold("Add a comment or an example (optional)")
        hands.write("Anything to add?", "We hear of it when it is decided.")
        hands.press("Save and go on")
    with hands.in_fold("How communities of color shape the work"):
        hands.press("I would rather not answer this")
    hands.go_to(link)
    with hands.in_row("Decisions and power"):
        hands.sees("Saved. You can change it.")
    hands.press("I’m done")
    hands.sees_title("Thank you")
    hands.follow("Change an answer")
    hands.sees("You told us that you’re done.")


@task("say-of-partners")
def _(hands):
    hands.go_to(link_in_email(hands.site, *ROUND_OF_TEN))
    hands.follow("One more page, if you like: how you work with each other partner")
    hands.sees_title("How do you work with each other?")
    with hands.in_fold("Nothing said yet."):  # of the first partner
        hands.tick("Cooperate")
        hands.pick("Do they do what they say they will?", "Quite a bit")
        hands.press("Save and go on")
    hands.sees("Saved. You can change it.")
    hands.follow("Back to the questions")
    hands.sees_title("How is the work going, from where you sit?")


@task("read-published-round")
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Shared power")
    hands.follow("Spring round, all ten side by side")
    hands.sees("Both sides agreed to publish this")
    hands.sees("Government sees this about two levels higher. Community rates it low.")
    hands.sees("In its own words, unedited.")


@task("agree-to-publish", PARTNER)
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Shared power")
    hands.follow("Spring round")
    hands.unfold("What each partner says")
    hands.follow("Change answer")
    hands.write("Your comment", "Being asked is a start.")
    hands.press("Save")
    hands.sees("Saved. You can change it at any time.", "everyone can read it")


@task("read-round", PARTNER)
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Shared power")
    hands.follow("All ten, side by side")
    hands.sees_title("Spring round")
    hands.sees("Government sees this about two levels higher. Community rates it low.", "A response is due")
    hands.unfold("The same as a table")
    hands.sees("In words")


@task("start-round", STAFF)
def _(hands):
    path = office(hands).make_partnership(named("Contract to talk about"), publish=True)
    hands.go_to(path)
    hands.follow("Shared power")
    hands.follow("Ask both sides")
    hands.write("Name of the round", "Autumn")
    hands.write_day("Deadline", in_days(20))
    hands.untick("Department of Housing: it names its people itself")
    hands.press("Ask them")
    hands.sees("We haven’t saved this yet. Everything you typed is still here.", "Choose at least one person")
    hands.tick("Department of Housing: Housing strategy desk")
    hands.press("Ask them")
    hands.sees("The round has started.", "Open to answer, sealed")
    hands.follow("Change deadline")
    hands.write_day("New deadline", in_days(30))
    hands.press("Change deadline")
    hands.sees("The deadline is changed.")
    hands.follow("Cancel round")
    hands.write("Why should it be canceled?", "We asked the wrong desk.")
    hands.press("Cancel round")
    hands.sees("The round is canceled.", "canceled this round", "We asked the wrong desk.")


@task("start-many-rounds", STAFF)
def _(hands):
    words = named("Contracts to look at together")
    for n in ("first", "second"):
        office(hands).make_partnership(f"{words}, {n}", publish=True)
    hands.site.let_partners_agree()
    hands.go_to("/partnerships/")
    hands.write("Search partnerships", words)
    hands.press("Search")
    hands.unfold("More")
    hands.follow("Start survey rounds for this list")
    hands.sees("You can start a round for 2 of them now.")
    hands.write("Name of the rounds", "Winter")
    hands.write_day("Deadline", in_days(20))
    hands.press("Preview")
    hands.sees("Is this right?", "in 2 partnerships")
    hands.press("Start 2 rounds")
    hands.sees("The rounds are being started.")
    hands.look_again()
    hands.sees("All 2 have started.", f"{words}, first", f"{words}, second")
    hands.follow("Answers in these rounds")
    hands.sees_title("Is power shared?")


@task("read-many-rounds", PARTNER)
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Shared power")
    hands.follow("All your partnerships side by side")
    hands.sees("Government sees this about two levels higher. Community rates it low.")
    hands.follow("Responses due")
    hands.sees("A response was due by")
    hands.follow("By place, type and issue area")
    hands.sees("Illustration City")


@task("respond-to-gap", STAFF)
def _(hands):
    page = hands.site.signed_in(STAFF).get(f"{strategy_page(hands)}power/").text
    path = re.search(r'href="(/rounds/[^"]+/)"[^>]*>\s*Spring round', page)[1]
    hands.go_to(f"{path}respond/decisions/")
    hands.write("Your response", "We will decide the next rent help together, by vote.")
    hands.press("Respond")
    hands.sees("We saved your response.", "We will decide the next rent help together")


@task("record-answers", STAFF)
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Shared power")
    hands.follow("Fall round")
    hands.follow("Record answers for Neighborhood coalition, person 6")
    hands.tick("By phone")
    hands.tick("I read the answers back to them")
    hands.tick("They asked me to record their answers")
    hands.press("Record answers")
    hands.sees("We haven’t saved this yet. Everything you typed is still here.")
    hands.pick("Are there clear targets for racial equity, and ways to reach them?", "1. Started")
    hands.press("Record answers")
    hands.sees("We recorded it. They can confirm it with a code of their own until the round closes.")


def strategy_page(hands):
    text = hands.site.visitor().get("/partnerships/?q=housing+access").text
    return re.search(rf'href="(/partnerships/[^"]+/)">(?:<[^>]+>|\s)*{re.escape(STRATEGY)}', text)[1]
