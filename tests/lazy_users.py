"""Calls actions with the person as pages pass them: `request.user`, which is loaded at its first use.

`type(by)` is SimpleLazyObject then, which a test that passes a Person would never notice. So every action is wrapped
once, before tests are collected: it gets each Person as a page would pass it.
"""

import functools
import importlib
import inspect
import pkgutil
import sys

from django.utils.functional import SimpleLazyObject

import partnerships
from partnerships.accounts.models import Person

FACES = ("partnerships.web", "partnerships.api", "partnerships.admin", "partnerships.tasks", "partnerships.management")
LEFT_OUT = (*FACES, "partnerships.migrations", "partnerships.sample")

_wrapped = {}  # function → its wrapped version


def call_actions_lazily() -> None:
    """Replace each action by its wrapped version, in every module that refers to it by name."""
    for found in pkgutil.walk_packages(partnerships.__path__, "partnerships."):
        if not found.name.startswith(LEFT_OUT):
            importlib.import_module(found.name)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "partnerships":
            for attribute, value in list(vars(module).items()):
                if is_action(value):
                    setattr(module, attribute, _lazily(value))


def is_action(value) -> bool:
    """Whether this is a function below the interfaces with the keyword argument `by`."""
    if not inspect.isfunction(value) or not value.__module__.startswith("partnerships."):
        return False
    by = inspect.signature(value).parameters.get("by")
    return by is not None and by.kind is by.KEYWORD_ONLY and not value.__module__.startswith(LEFT_OUT)


def is_lazy(action) -> bool:
    return any(action is one for one in _wrapped.values())


def _lazily(action):
    if is_lazy(action):
        return action
    if action not in _wrapped:

        @functools.wraps(action)
        def called(*given, **more):
            if "by" in more:
                more["by"] = as_in_a_page(more["by"])
            return action(*given, **more)

        _wrapped[action] = called
    return _wrapped[action]


def as_in_a_page(person):
    return SimpleLazyObject(lambda: person) if type(person) is Person else person
