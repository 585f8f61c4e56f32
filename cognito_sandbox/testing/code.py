"""A handler's code, wherever it lies, as the zip and the handler's name that Lambda wants."""

import ast
import io
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cognito_sandbox.testing.errors import TestingError

__tracebackhide__ = True
NAMES = ("handler", "lambda_handler")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
AT_THE_TOP = "must be defined at the top of a module, with def: Lambda imports it by its name."
WITH_PYTEST = (
    ". Give the path from there, or put an empty pytest.ini in the folder where it starts."
)
NAME_IT = 'Name it: handler="module.function"'
Source = str | Path | Callable[..., object]


@dataclass(frozen=True)
class Code:
    """What is deployed; `label` is what the code is called in messages."""

    zipped: bytes
    handler: str
    label: str


def package(source: Source, handler: str | None, folders: list[Path]) -> Code:
    """The code of a file, a folder, a zip, or the module in which the function lies."""
    if not isinstance(source, str | Path):
        return _of_function(source)
    if handler and "." not in handler.strip("."):
        raise TestingError(f'handler="{handler}" is no handler. {NAME_IT}')
    path = find(source, folders)
    if path.is_dir():
        content = zip_folder(path)
    elif path.suffix == ".zip":
        content = path.read_bytes()
    elif path.suffix == ".py":
        content = zip_files({path.name: path.read_bytes()})
    else:
        raise TestingError(f"{source} is no Python file, no folder and no zip.")
    return Code(content, handler or _find_handler(content, str(source)), str(source))


def find(path: str | Path, folders: list[Path]) -> Path:
    """Where the path leads, seen from the first of the folders in which there is such a thing."""
    found = next((folder / path for folder in folders if (folder / path).exists()), None)
    if found is None:
        looked = " nor in ".join(str(folder) for folder in dict.fromkeys(folders))
        cure = WITH_PYTEST if len(folders) > 1 else "."
        raise TestingError(f"There is no {path} in {looked}{cure}")
    return found


def zip_folder(folder: Path) -> bytes:
    """All of the folder but what Python wrote there itself."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    if not files:
        raise TestingError(f"The folder {folder} is empty.")
    return zip_files({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})


def zip_files(files: dict[str, bytes]) -> bytes:
    """The same bytes for the same files, whenever they are made."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return target.getvalue()


def _of_function(function: Callable[..., object]) -> Code:
    name, module_name = getattr(function, "__qualname__", ""), getattr(function, "__module__", "")
    if not name.isidentifier() or name == "<lambda>":
        raise TestingError(f"{name or function!r} {AT_THE_TOP}")
    module = sys.modules.get(module_name)
    path = Path(getattr(module, "__file__", None) or "")
    if path.suffix != ".py":
        raise TestingError(f"{name} {AT_THE_TOP}")
    if module_name == "__main__":
        module_name = path.stem
    parts = module_name.split(".")
    if len(parts) == 1 and path.name != "__init__.py":
        files = {path.name: path.read_bytes()}
    else:
        files = _package_of(path, parts)
    return Code(zip_files(files), f"{module_name}.{name}", f"{module_name}.{name}")


def _package_of(path: Path, parts: list[str]) -> dict[str, bytes]:
    """The whole package in which the module lies, so that its imports find their modules."""
    depth = len(parts) if path.name == "__init__.py" else len(parts) - 1
    top = path.parents[depth - 1]
    found = (each for each in top.rglob("*") if each.is_file() and each.suffix != ".pyc")
    return {each.relative_to(top.parent).as_posix(): each.read_bytes() for each in found}


def _find_handler(zipped: bytes, label: str) -> str:
    """The one function at the top of the code that has one of the usual names."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(zipped))
    except zipfile.BadZipFile:
        raise TestingError(f"{label} is no zip.") from None
    with archive:
        modules = [n for n in archive.namelist() if n.endswith(".py") and "/" not in n]
        found = [f"{n[:-3]}.{f}" for n in modules for f in _handlers(archive.read(n))]
        if len(modules) == 1 and not found:
            return f"{modules[0][:-3]}.{NAMES[0]}"  # loading it will tell what is wrong
    if len(found) != 1:
        told = ", ".join(found) or f"no function called {' or '.join(NAMES)}"
        raise TestingError(f"Which handler of {label}? It has {told}. {NAME_IT}")
    return found[0]


def functions(packed: Code) -> list[str]:
    """Each function at the top of the handler's module, if it is a file, as a handler is named."""
    module = packed.handler.rpartition(".")[0]
    file = f"{module.replace('.', '/')}.py"
    with zipfile.ZipFile(io.BytesIO(packed.zipped)) as archive:
        body = ast.parse(archive.read(file)).body if file in archive.namelist() else []
    return [f"{module}.{node.name}" for node in body if isinstance(node, ast.FunctionDef)]


def _handlers(source: bytes) -> list[str]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return []
    names: set[str] = set()
    for node in body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return [name for name in NAMES if name in names]
