"""Scores of large networks: computed in the background, for everyone who sees the same network and no one else."""

from datetime import timedelta

import pytest
import time_machine
from django.http import QueryDict

from partnerships import tasks
from partnerships.core import clock
from partnerships.core.errors import ValidationError
from partnerships.insight import network_queries, network_scores, networks
from partnerships.models import Membership, NetworkReading
from partnerships.records.privacy import erase_person, own_data

pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes]


@pytest.fixture(autouse=True)
def large(monkeypatch):
    monkeypatch.setattr(network_queries, "IN_REQUEST", 2)


def network_of(person, query=""):
    return network_queries.network(person, QueryDict(query))


def compute_scores(town, query="", person=None):
    reading = network_scores.request_scores(
        network=network_of(person or town.people.editor, query), by=person or town.people.editor
    )
    tasks.compute_network_scores()
    return NetworkReading.objects.filter(pk=reading.pk).first()


def test_what_is_asked_for_is_there_once_it_was_read(town):
    network = network_of(town.people.editor)
    assert network_scores.paths_of(network, network_scores.stored_reading(network)) is None
    reading = compute_scores(town)
    assert (reading.progress, reading.query, bool(reading.finished_at)) == (100, {}, True)
    assert network_scores.paths_of(network, network_scores.stored_reading(network)) == networks.paths(network.near)


def test_a_reading_holds_no_name_and_no_id(town):
    text = str(compute_scores(town).result)
    assert text.startswith("{'sampled': None") or "betweenness" in text
    assert not any(body.name in text or body.key in text for body in network_of(town.people.editor).bodies)


@pytest.mark.both
def test_asking_twice_is_asking_once(town):
    network = network_of(town.people.editor)
    assert network_scores.request_scores(network=network, by=town.people.editor) == network_scores.request_scores(
        network=network, by=town.people.reader
    )
    assert NetworkReading.objects.count() == 1


def test_only_who_sees_the_same_network_finds_it(town):
    compute_scores(town)
    town.add_quiet()
    compute_scores(town)
    assert NetworkReading.objects.count() == 2
    assert network_scores.stored_reading(network_of(town.people.reader)).finished_at
    public = network_scores.stored_reading(network_of(town.people.other_editor))
    assert (
        public.result["betweenness"]
        != network_scores.stored_reading(network_of(town.people.editor)).result["betweenness"]
    )
    assert network_scores.stored_reading(network_of(town.people.partner, "of=own")) is None


def test_outdated_scores_are_not_read(town):
    network = network_of(town.people.editor)
    reading = network_scores.request_scores(network=network, by=town.people.editor)
    town.add_quiet()
    tasks.compute_network_scores()
    assert not NetworkReading.objects.filter(pk=reading.pk).exists()


def test_a_person_who_lost_their_role_gets_no_scores(town):
    network_scores.request_scores(network=network_of(town.people.partner, "of=own"), by=town.people.partner)
    Membership.objects.filter(person=town.people.partner).delete()
    tasks.compute_network_scores()
    assert not NetworkReading.objects.exists()


def test_the_day_is_the_one_that_was_seen(town):
    with time_machine.travel(clock.now() - timedelta(days=1), tick=False):
        reading = network_scores.request_scores(
            network=network_of(town.people.editor, "kind=contract"), by=town.people.editor
        )
        assert reading.query == {"kind": ["contract"], "on": [clock.today().isoformat()]}
    tasks.compute_network_scores()
    reading.refresh_from_db()
    assert reading.finished_at


@pytest.mark.both
def test_a_stopped_one_is_restarted_and_a_busy_one_is_left_alone(town):
    reading = network_scores.request_scores(network=network_of(town.people.editor), by=town.people.editor)
    NetworkReading.objects.update(progress=40)
    tasks.compute_network_scores()
    reading.refresh_from_db()
    assert (reading.progress, reading.finished_at) == (40, None)
    with time_machine.travel(clock.now() + network_scores.STUCK + timedelta(minutes=1), tick=False):
        tasks.compute_network_scores()
    reading.refresh_from_db()
    assert reading.progress == 100


def test_progress_is_noted_on_the_way(town, monkeypatch):
    reading = network_scores.request_scores(network=network_of(town.people.editor), by=town.people.editor)
    noted, plain = [], network_scores.networks.paths
    monkeypatch.setattr(network_scores, "EVERY", 0)

    def watched(near, *, report_progress):
        found = plain(near, report_progress=report_progress)
        report_progress(0.5)
        noted.append(NetworkReading.objects.get(pk=reading.pk).progress)
        return found

    monkeypatch.setattr(network_scores.networks, "paths", watched)
    tasks.compute_network_scores()
    assert noted == [50]


def test_one_person_has_only_so_many_waiting(town):
    for query in ("kind=contract", "kind=joint_project", "side=community"):
        network_scores.request_scores(network=network_of(town.people.editor, query), by=town.people.editor)
    with pytest.raises(ValidationError):
        network_scores.request_scores(network=network_of(town.people.editor), by=town.people.editor)
    network_scores.request_scores(network=network_of(town.people.editor, "kind=contract"), by=town.people.editor)
    network_scores.request_scores(network=network_of(town.people.reader), by=town.people.reader)


@pytest.mark.both
def test_readings_are_forgotten_after_a_week(town):
    compute_scores(town)
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=False):
        assert network_scores.delete_expired() == 1
    assert not NetworkReading.objects.exists()


def test_what_a_person_requested_is_theirs_and_erased_with_them(town):
    network_scores.request_scores(network=network_of(town.people.editor, "kind=contract"), by=town.people.editor)
    assert own_data(town.people.editor)["networks"][0]["query"]["kind"] == ["contract"]
    erase_person(person=town.people.editor, by=town.people.editor)
    assert not NetworkReading.objects.exists()
