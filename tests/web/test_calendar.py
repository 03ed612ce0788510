"""The calendar page: a month of everything that one may see."""

from datetime import date

import pytest
from django.urls import reverse

from partnerships.core import clock
from tests.factories import cancel_meeting, make_meeting, make_partnership

pytestmark = pytest.mark.django_db


def calendar_page(client, query=""):
    answer = client.get(reverse("calendar") + query)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer


def on(day):
    return {"days": (day - clock.today()).days}


def days_of(answer):
    """Return day of the month → titles."""
    days = [day for week in answer.context["weeks"] for day in week if day["is_in"]]
    return {day["date"].day: [one["title"] for one in day["meetings"]] for day in days if day["meetings"]}


def test_a_month_holds_what_one_may_see_on_its_days(client, people):
    table = make_partnership(lead=people.office)
    make_meeting(table, title="First", is_public=True, **on(date(2030, 3, 1)))
    make_meeting(table, title="Last", is_public=True, **on(date(2030, 3, 31)))
    make_meeting(table, title="Inner", **on(date(2030, 3, 31)))
    make_meeting(table, title="After", is_public=True, **on(date(2030, 4, 1)))
    cancel_meeting(meeting=make_meeting(table, title="Off", is_public=True, **on(date(2030, 3, 1))))
    assert days_of(calendar_page(client, "?month=2030-03")) == {1: ["First", "Off"], 31: ["Last"]}
    assert days_of(calendar_page(client, "?month=2030-04")) == {1: ["After"]}
    assert (
        "There are no meetings this month that you may see" in calendar_page(client, "?month=2030-05").content.decode()
    )
    client.force_login(people.editor)
    answer = calendar_page(client, "?month=2030-03")
    assert days_of(answer) == {1: ["First", "Off"], 31: ["Last", "Inner"]}
    assert answer.content.decode().count('tag-care">Canceled</span>') == 1


def test_filters_and_months_keep_one_another(client, people):
    table, other = make_partnership("Here", lead=people.office), make_partnership("There", lead=people.other_office)
    for place, partnership in (("Here", table), ("There", other)):
        make_meeting(partnership, title=f"{place} table", is_public=True, **on(date(2030, 3, 5)))
    answer = calendar_page(client, f"?month=2030-03&partnership={table.public_id}")
    assert days_of(answer) == {5: ["Here table"]}
    assert (answer.context["earlier"]["url"], answer.context["later"]["url"]) == (
        f"/meetings/calendar/?month=2030-02&partnership={table.public_id}",
        f"/meetings/calendar/?month=2030-04&partnership={table.public_id}",
    )
    assert "month=2030-03" in answer.context["chips"][0]["url"]
    listed = client.get(answer.context["list_url"]).content.decode()
    assert "Here table" in listed
    assert "There table" not in listed
    assert days_of(calendar_page(client, "?month=2030-03&q=there")) == {5: ["There table"]}


def test_without_a_month_it_is_this_one_and_says_which_day_it_is(client):
    answer = calendar_page(client)
    assert answer.context["month"].day == 1
    assert 'aria-current="date"' in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["?month=2030-13", "?month=soon", "?month=0000-01", "?month=1599-12", "?moth=2030-01"]
)
def test_a_month_that_is_none_is_refused(client, query):
    assert client.get(reverse("calendar") + query).status_code == 400


def test_the_calendar_ends_where_dates_end(client):
    assert calendar_page(client, "?month=1600-01").context["earlier"] == {}
    assert calendar_page(client, "?month=2199-12").context["later"] == {}
