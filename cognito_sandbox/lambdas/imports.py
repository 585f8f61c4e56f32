"""What functions can import: Python's library, what AWS's runtime brings, their zip and layers."""

import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

from cognito_sandbox.lambdas import isolation

BROUGHT = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")


def brought() -> list[str]:
    """Where this machine has the packages that AWS's runtime brings."""
    specs = [spec for name in BROUGHT if (spec := importlib.util.find_spec(name))]
    return [(spec.submodule_search_locations or [str(spec.origin)])[0] for spec in specs]


def lay_out(runtime: Path, places: list[str], mounting: bool) -> list[Path]:
    """Have a folder like Lambda's /var/runtime: these packages, and nothing beside them."""
    targets = [runtime / Path(place).name for place in places]
    for place, target in zip(map(Path, places), targets, strict=True):
        if not mounting:
            target.symlink_to(place)
            continue
        target.mkdir() if place.is_dir() else target.touch()
        isolation.make_read_only(target, place)
    return targets if mounting else []


def offer_context_types() -> None:
    """For `from awslambdaric.lambda_context import LambdaContext`, as annotations need it."""
    from cognito_sandbox.lambdas import lambda_context  # which the server never needs

    package, inner = ModuleType("awslambdaric"), ModuleType("awslambdaric.lambda_context")
    for kind in lambda_context.TYPES:
        kind.__module__ = inner.__name__
        setattr(inner, kind.__name__, kind)
    package.__path__ = []
    vars(package)["lambda_context"] = inner
    for module in (package, inner):
        module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
        sys.modules[module.__name__] = module


def loaded() -> set[str]:
    return {name.partition(".")[0] for name in sys.modules}


def prefer(folders: list[str], ahead: set[str]) -> None:
    """A module in these folders wins over one of its name that was loaded ahead, as in Lambda."""
    sys.path[:0] = folders
    names = {name.partition(".")[0] for folder in folders for name in os.listdir(folder)} & ahead
    specs = {name: importlib.machinery.PathFinder.find_spec(name, folders) for name in names}
    own = {name for name, spec in specs.items() if spec and spec.loader}
    forget(own and own | set(BROUGHT))


def forget(packages: set[str]) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]
