"""What the site adds to a page: how to run a notebook, its diagrams, and what lies on the site."""

import json
from pathlib import Path
from shutil import copyfile
from typing import Any

from sphinx.application import Sphinx

CONTENTS = (Path(__file__).parent / "contents.txt").read_text("utf-8")
HOW_TO_RUN = (Path(__file__).parent / "how_to_run.txt").read_text("utf-8")
START = (
    "<hr><p>To run any of this: <code>make lab</code> in a clone of the project. It needs no AWS "
    'account (<a href="{}#start">how to start</a>).</p>'
)
DIAGRAM = "text/vnd.mermaid"


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", read)
    app.connect("html-page-context", tell_how_to_start)
    app.connect("build-finished", make_first_page)
    return {"parallel_read_safe": True}


def read(app: Sphinx, page: str, source: list[str]) -> None:
    if page == app.config.root_doc:
        source[0] += CONTENTS
    if app.env.doc2path(page).suffix == ".ipynb":
        notebook = json.loads(source[0])
        tell_how_to_run(notebook, page.removeprefix("notebooks/"))
        draw_diagrams(notebook)
        source[0] = json.dumps(notebook)


def tell_how_to_run(notebook: dict[str, Any], name: str) -> None:
    """Below the notebook's title."""
    first = notebook["cells"][0]
    title, _, rest = "".join(first["source"]).partition("\n")
    first["source"] = f"{title}\n\n{HOW_TO_RUN.replace('NAME', name)}\n{rest}"


def tell_how_to_start(
    app: Sphinx, page: str, template: str, context: dict[str, Any], _: object
) -> None:
    """Below pages that are no notebooks; the first one says it itself."""
    told = page == app.config.root_doc or app.env.doc2path(page).suffix == ".ipynb"
    if template == "page.html" and not told:
        context["body"] += START.format(context["pathto"](app.config.root_doc))


def draw_diagrams(notebook: dict[str, Any]) -> None:
    """A recorded diagram becomes Markdown, as the planned ones are."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if DIAGRAM in data:
                diagram = "".join(data[DIAGRAM])
                output["data"] = {"text/markdown": f"```mermaid\n{diagram}\n```"}


def make_first_page(app: Sphinx, failure: Exception | None) -> None:
    """A server shows index.html first; here, that is the README."""
    if not failure:
        copyfile(Path(app.outdir) / f"{app.config.root_doc}.html", Path(app.outdir) / "index.html")
