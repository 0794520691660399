"""Caches that can be pickled and keep no reference to their owner, unlike `functools.lru_cache`.

A help desk is built in another process, and released as soon as another one is served.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

V = TypeVar("V")
T = TypeVar("T")


class LRUCache(Generic[V]):
    """The values of the last `most` keys that were asked for. Threads may share it; what two make at once is made twice."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: a lock cannot be."""
        return {"most": self.most, "_values": self._values}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what was pickled."""
        self.__dict__.update(state, _lock=threading.Lock())

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return what was made of a key; make it where it is not known any more."""
        try:
            return self.known(key)
        except KeyError:
            value = make()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self.most:
                self._values.popitem(last=False)
        return value

    def known(self, key: Hashable) -> V:
        """Return what was made of a key. Raises KeyError where it is not known any more."""
        with self._lock:
            value = self._values[key]
            self._values.move_to_end(key)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()


class IdentityCache(Generic[T, V]):
    """What was made of the last `most` values, each known by which object it is: to compare them costs more.

    For values that never change, and that are handed out again and again, as remembered replies are.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: OrderedDict[Hashable, tuple[T, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def of(self, value: T, make: Callable[[T], V], *more: Hashable) -> V:
        """Return what was made of a value and `more`; make it where it is not known any more."""
        key = (id(value), *more)
        found = self._values.get(key)
        if found is not None and found[0] is value:  # a kept object's number is never another's; be sure
            self._values.move_to_end(key)
            return found[1]
        made = make(value)
        self._values[key] = (value, made)
        if len(self._values) > self.most:
            self._values.popitem(last=False)
        return made
