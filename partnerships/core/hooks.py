"""How a package lets a higher one act without knowing it: the lower package defines a hook, the higher one registers.

An `event` says that something happened: every registered function is called, in the caller's transaction. A `question` asks for
what one higher package knows. `partnerships.apps` names the modules that register, and imports them at the start.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Registered = TypeVar("Registered", bound=Callable)


class Event(Generic[P]):
    """Called as the function that it was made of; calls what is registered, in the order of registration."""

    def __init__(self, signature: Callable[P, None]):
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
    """Called as the function that it was made of; answers what the one registered function does."""

    def __init__(self, signature: Callable[P, R]):
        update_wrapper(self, signature)
        self._function: Callable[P, R] | None = None

    def register(self, function: Callable[P, R]) -> Callable[P, R]:
        if self._function not in (None, function):
            raise ValueError(f"{self.__wrapped__.__qualname__} is answered by {self._function} already.")
        self._function = function
        return function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if self._function is None:
            raise LookupError(f"No package answers {self.__wrapped__.__qualname__}.")
        return self._function(*args, **kwargs)


event = Event
question = Question
