"""What the sandbox holds on to in moto, by name: another release of moto may lack it."""

import pkgutil
import re
from collections.abc import Iterable
from types import ModuleType

VERSION = "5.2.5"  # the moto that the sandbox was written for


class LackingError(Exception):
    """This moto is not one that the sandbox can use; the message says why."""

    def __init__(self, names: str) -> None:
        found = f"moto {version()} lacks what the sandbox needs ({names})"
        super().__init__(f"{found}: pip install moto=={VERSION}")


def check(names: Iterable[str]) -> None:
    """All of these must be there: such as "moto.logs.models:LogGroup.put_log_events"."""
    missing = [name.replace(":", ".") for name in names if not _is_there(name)]
    if missing:
        raise LackingError(", ".join(missing))


def lacking(error: Exception) -> LackingError | None:
    """What is missing, if that is what went wrong: an import may have come before a check."""
    if isinstance(error, LackingError):
        return error
    if isinstance(error, ImportError) and (error.name or "").startswith("moto"):
        name = re.match(r"cannot import name '(\w+)'", error.msg)
        return LackingError(f"{error.name}.{name[1]}" if name else str(error.name))
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        owner = error.obj.__name__
        return LackingError(f"{owner}.{error.name}") if owner.startswith("moto.") else None
    return None


def is_moto_known() -> bool:
    return version() == VERSION


def _is_there(name: str) -> bool:
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def version() -> str:
    import moto  # here, for the environment must be clean before anything of moto is imported

    return str(moto.__version__)
