"""The commands that create accounts of staff and administrators."""

import pytest
from django.core.management import call_command

from equity.environment import Refusal
from partnerships.core.access import jurisdictions_written_by
from partnerships.models import Person
from tests.factories import make_jurisdiction

pytestmark = pytest.mark.django_db


def test_staff_may_write_for_their_jurisdiction_and_the_last_role_counts():
    place = make_jurisdiction()
    call_command("add_staff", "New@Example.org", place.public_id)
    person = Person.objects.get(email="new@example.org")
    assert jurisdictions_written_by(person) == [place.pk]
    assert person.memberships.get().role == "manager"  # an office's first user invites the others
    call_command("add_staff", "new@example.org", place.public_id, role="reader")
    assert jurisdictions_written_by(Person.objects.get(email="new@example.org")) == []


def test_an_administrator_is_added_once_and_the_second_time_it_says_so(capsys):
    for words in ("is now", "was already"):
        call_command("add_administrator", "First@Example.org")
        assert f"first@example.org {words} an administrator." in capsys.readouterr().out
    Person.objects.update(is_active=False)
    call_command("add_administrator", "first@example.org")
    assert "is now an administrator" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("address", "place", "error"),
    [("no address", None, "email address"), ("a@example.org", "J-AAAAAA-A", "there’s no jurisdiction")],
)
def test_invalid_arguments_are_refused_in_one_sentence(address, place, error):
    with pytest.raises(Refusal, match=error):
        call_command("add_staff", address, place or make_jurisdiction().public_id)
    assert not Person.objects.exists()
