"""Values for other processes, with the code of local plugin files in them."""

from __future__ import annotations

from types import ModuleType
from typing import Any


class Shipped:
    """A pickled value, opened in the task that uses it.

    Dask tries plain pickle first, which stores classes of a local plugin file by the name of a
    module that no worker can import; cloudpickle stores the registered modules by value.
    """

    def __init__(self, value: Any) -> None:
        import cloudpickle

        self.payload: bytes = cloudpickle.dumps(value)


def opened(value: Any) -> Any:
    """The value itself, whether it was shipped or not."""
    if isinstance(value, Shipped):
        import pickle

        return pickle.loads(value.payload)
    return value


class ByValue:
    """Local plugin modules, pickled by value until `close`.

    Parameters
    ----------
    modules : tuple of module
    """

    def __init__(self, modules: tuple[ModuleType, ...]) -> None:
        import cloudpickle

        known = cloudpickle.list_registry_pickle_by_value()
        self._modules = [module for module in modules if module.__name__ not in known]
        for module in self._modules:
            cloudpickle.register_pickle_by_value(module)

    def close(self) -> None:
        """Pickle them by name again."""
        import cloudpickle

        for module in self._modules:
            cloudpickle.unregister_pickle_by_value(module)
        self._modules = []
