"""Sync in the words of the API: what changed since the client's last pull, and what is gone."""

import orjson

from partnerships.api import parameters
from partnerships.api.door import Answer
from partnerships.api.errors import refused

# A pull has an order of its own, and words are matched by more than the record that holds them.
_NEVER = ("ordering", "q", "exact")


def answer(request, resource, size, names) -> Answer:
    """A page of a pull. Of the public set, whoever asks."""
    params = request.GET
    for name in (*_NEVER, *resource.not_in_sync):
        if name in params:
            raise refused(name, "not_in_sync", "It cannot be used together with updated_since. Leave one of them out.")
    listing = resource.listed(None, parameters.in_default_order(params), allow=parameters.STEERING)
    pull = resource.pull(listing, since=params["updated_since"], cursor=params.get("cursor"), size=size)
    texts = resource.pulled_texts(pull.rows)
    if names:
        texts = [parameters.only(names, text) for text in texts]
    links = {"next": parameters.url_with(request, cursor=pull.next)} if pull.next else {}
    gone = [{"id": public_id, "at": at} for public_id, at in pull.gone]
    end = orjson.dumps({"gone": gone, "as_of": pull.as_of, "next": links.get("next")}, option=orjson.OPT_UTC_Z)
    return Answer(b'{"results":[' + ",".join(texts).encode() + b"]," + end[1:], links)
