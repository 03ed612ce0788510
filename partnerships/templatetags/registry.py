"""Template tags and filters of the registry's pages; loaded in every template."""

from django import template

register = template.Library()
