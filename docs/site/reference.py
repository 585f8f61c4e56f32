"""What the reference of a module shows: what it offers, and neither imports nor constants."""

from autoapi._objects import PythonObject
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", show_offered, priority=900)  # the code was read
    return {"parallel_read_safe": True}


def show_offered(app: Sphinx) -> None:
    for item in app.env.autoapi_all_objects.values():
        if item.type in ("module", "package"):
            item.children = [each for each in item.children if is_offered(each, item.all)]


def is_offered(item: PythonObject, names: list[str] | None) -> bool:
    """By its module's list; where there is none, what has a docstring of its own."""
    return item.name in names if names is not None else bool(item.docstring) and not item.imported
