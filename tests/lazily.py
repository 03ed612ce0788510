"""Actions get the person as a page gives them: `request.user`, which is read when it is first asked for.

`type(by)` of such a person is SimpleLazyObject, which a plain Person in a test would never show. So every action is wrapped once,
before the tests are collected: whoever calls one with a Person hands on what a page would hand on.
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

_wrapped = {}  # function → the same, called lazily


def call_actions_lazily() -> None:
    """Puts the wrapped action wherever the registry refers to it by name."""
    for found in pkgutil.walk_packages(partnerships.__path__, "partnerships."):
        if not found.name.startswith(LEFT_OUT):
            importlib.import_module(found.name)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "partnerships":
            for attribute, value in list(vars(module).items()):
                if is_action(value):
                    setattr(module, attribute, _lazily(value))


def is_action(value) -> bool:
    """A function below the faces that is told by keyword who acts."""
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
