"""Each list is the same behind page, API and openapi.yaml: one FilterSet, the same names everywhere."""

import pytest
import yaml
from django.conf import settings

from partnerships.api import parameters
from partnerships.api.resources import RESOURCES
from tests.make import make_person

DESCRIBED = yaml.safe_load((settings.BASE_DIR / "openapi.yaml").read_text(encoding="utf-8"))["paths"]


def described(path):
    return {parameter["name"]: parameter for parameter in DESCRIBED[f"/api/v1/{path}/"]["get"]["parameters"]}


@pytest.mark.parametrize("path", RESOURCES)
def test_openapi_names_the_filters_of_the_list(path):
    filters = RESOURCES[path].filters
    steering = {*filters.CONTROL, *parameters.STEERING}
    assert set(described(path)) - steering == set(filters.base_filters)
    assert steering <= set(described(path))
    staff = {name for name, parameter in described(path).items() if parameter.get("x-staff-only")}
    assert staff == set(filters.STAFF_ONLY)


@pytest.mark.django_db
@pytest.mark.parametrize("path", RESOURCES)
def test_the_api_takes_the_filters_that_openapi_names_and_no_others(client, path):
    answer = client.get(f"/api/v1/{path}/", {"no-such-filter": "x"})
    known = answer.json()["errors"][0]["detail"].partition("It knows: ")[2].rstrip(".").split(", ")
    assert set(known) == {name for name, found in described(path).items() if not found.get("x-staff-only")}
    client.force_login(make_person(is_administrator=True))
    answer = client.get(f"/api/v1/{path}/", {"no-such-filter": "x"})
    known = answer.json()["errors"][0]["detail"].partition("It knows: ")[2].rstrip(".").split(", ")
    assert set(known) == set(described(path))


@pytest.mark.parametrize("path", RESOURCES)
def test_openapi_names_the_orders_of_the_list(path):
    orders = RESOURCES[path].orderings
    assert set(described(path)["ordering"]["schema"]["enum"]) == {*orders, *(f"-{name}" for name in orders)}
