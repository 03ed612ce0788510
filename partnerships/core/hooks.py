"""Lets a lower package trigger code of a higher one: the lower package defines a hook, and the higher one registers a
function.

An `event` says that something happened: every registered function is called, in the caller's transaction. A `question`
asks for something that only one higher package knows. `partnerships.apps` lists the modules that register, and imports
them at startup.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Registered = TypeVar("Registered", bound=Callable)


class Event(Generic[P]):
    """Has the signature of the function it decorates. Calls all registered functions in the order of registration."""

    def __init__(self, signature: Callable[P, None]) -> None:
        update_wrapper(self, signature)
        self._functions: list[Callable[P, object]] = []

    def register(self, function: Registered) -> Registered:
        if function not in self._functions:
            self._functions.append(function)
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for function in self._functions:
            function(*args, **kwargs)


class Question(Generic[P, R]):
    """Has the signature of the function it decorates. Returns what the one registered function returns."""

    def __init__(self, signature: Callable[P, R]) -> None:
        update_wrapper(self, signature)
        self._name = signature.__qualname__
        self._function: Callable[P, R] | None = None

    def register(self, function: Callable[P, R]) -> Callable[P, R]:
        if self._function not in (None, function):
            raise ValueError(f"{self._name} is answered by {self._function} already.")
        self._function = function
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if self._function is None:
            raise LookupError(f"No package answers {self._name}.")
        return self._function(*args, **kwargs)


event = Event
question = Question
