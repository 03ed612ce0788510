"""What both sides do with rounds, in their own words. Each gets `hands`; tasks.md says what each one is."""

import re
from datetime import timedelta

from tests.browser.addresses import link_in_letter
from tests.browser.groups import office
from tests.browser.site import PARTNER, STAFF
from tests.browser.staff_tasks import TODAY, named
from tests.browser.tasks import task
from tests.browser.visitor_tasks import STRATEGY, find


@task("answer-round")
def _(hands):
    """Whoever answers is the same each time: an answer may be there already, and can be given again."""
    link = link_in_letter(hands.site, "How is the work going?", "round")
    hands.go_to(link)
    hands.sees_title("How is the work going, from where you sit?")
    with hands.in_fold("Decisions and power"):
        hands.press("Save and go on")
    hands.sees("Not saved yet. Everything you typed is here.")
    with hands.in_fold("Decisions and power"):
        hands.tick("1. Started")
        hands.write("Anything to add?", "We hear of it when it is decided.")
        hands.press("Save and go on")
    with hands.in_fold("Influence on direction"):
        hands.press("I would rather not answer this")
    hands.go_to(link)
    with hands.in_row("Decisions and power"):
        hands.sees("Saved. You can change it.")
    hands.press("I am done")
    hands.sees_title("Thank you")
    hands.follow("Change an answer")
    hands.sees("You said that you are done.")


@task("read-round", PARTNER)
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("All ten, side by side")
    hands.sees_title("Spring round")
    hands.sees("Government sees this about two levels higher. Community rates it low.", "A response is owed")
    hands.unfold("The same as a table")
    hands.sees("In words")


@task("start-round", STAFF)
def _(hands):
    path = office(hands).make_partnership(named("Contract to talk about"), publish=True)
    hands.go_to(path)
    hands.follow("Ask both sides")
    hands.write("Name of the round", "Autumn")
    hands.write_day("Last day to answer", TODAY + timedelta(days=20))
    hands.press("Ask them")
    hands.sees("Not saved yet. Everything you typed is here.", "Pick at least one person")
    hands.tick("Department of Housing: Housing strategy desk")
    hands.press("Ask them")
    hands.sees("The round has begun.", "Open to answer, sealed")
    hands.follow("Another last day")
    hands.write_day("Last day to answer", TODAY + timedelta(days=30))
    hands.press("Move it")
    hands.sees("Moved.")
    hands.follow("Call it off")
    hands.press("Call it off")
    hands.sees("This round was called off.")


@task("respond-to-gap", STAFF)
def _(hands):
    page = hands.site.signed_in(STAFF).get(office_page(hands)).text
    path = re.search(r'href="(/rounds/[^"]+/)">Spring round', page)[1]
    hands.go_to(f"{path}respond/decisions/")
    hands.write("The response", "We will decide the next rent help together, by vote.")
    hands.press("Respond")
    hands.sees("The response stands beside the answers now.", "We will decide the next rent help together")


@task("write-answers-down", STAFF)
def _(hands):
    find(hands, "housing access", STRATEGY)
    hands.follow("Fall round")
    with hands.in_row("Neighborhood coalition", "row"):
        hands.follow("Write down answers")
    hands.tick("By phone")
    hands.tick("I read the answers back to them")
    hands.pick("Are there clear targets for racial equity, and ways to reach them?", "1. Started")
    hands.press("Write them down")
    hands.sees("Written down. They get a letter")


def office_page(hands):
    text = hands.site.visitor().get("/partnerships/?q=housing+access").text
    return re.search(rf'href="(/partnerships/[^"]+/)">(?:<[^>]+>|\s)*{re.escape(STRATEGY)}', text)[1]
