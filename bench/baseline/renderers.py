"""Renders JSON with orjson."""

import orjson
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    media_type, format, charset = "application/json", "json", None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)
