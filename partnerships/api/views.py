"""The addresses of the API: what there is, lists with their sync, and single records."""

import orjson
from django.conf import settings
from django.urls import reverse

from partnerships.api import parameters, sync
from partnerships.api.door import Answer, reading
from partnerships.api.errors import Problem
from partnerships.api.resources import RESOURCES
from partnerships.api.schemas import FIELDS


@reading
def root(request, person):
    """What there is to read."""
    parameters.refuse_unknown(request.GET)
    found = {path: request.build_absolute_uri(reverse("api_list", args=[path])) for path in RESOURCES}
    found["openapi"] = request.build_absolute_uri(reverse("api_openapi"))
    return Answer(orjson.dumps(found))


def _openapi(request, person):
    parameters.refuse_unknown(request.GET)
    return Answer((settings.BASE_DIR / "openapi.yaml").read_bytes(), content_type="application/yaml")


openapi = reading(_openapi, form="yaml")


@reading
def listed(request, person, path):
    resource = _resource(path)
    params = request.GET
    parameters.refuse_odd(params, resource.several)
    size = parameters.page_size(params)
    names = parameters.fields(params, FIELDS[path])
    if "updated_since" in params:
        return sync.answer(request, resource, size, names)
    page = resource.page(person, params, size)
    texts = [parameters.only(names, text) for text in page.rows] if names else page.rows
    links = {}
    if page.next:
        links["next"] = parameters.url_with(request, cursor=page.next)
    if page.previous:
        links["prev"] = parameters.url_with(request, cursor=page.previous)
    end = orjson.dumps({"next": links.get("next"), "previous": links.get("prev")})
    return Answer(b'{"results":[' + ",".join(texts).encode() + b"]," + end[1:], links)


@reading
def one(request, person, path, public_id):
    resource = _resource(path)
    params = request.GET
    parameters.refuse_unknown(params, ("fields",))
    parameters.refuse_odd(params, {"fields"})
    names = parameters.fields(params, FIELDS[path])
    text = resource.one(person, public_id)
    return Answer((parameters.only(names, text) if names else text).encode())


@reading
def nothing(request, person, rest):
    """Any other address below this one."""
    raise Problem("not_found")


def _resource(path):
    if path not in RESOURCES:
        raise Problem("not_found")
    return RESOURCES[path]
