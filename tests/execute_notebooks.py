"""Run the notebooks, and keep what they print in them: make notebooks."""

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
TUTORIALS = [*sorted(NOTEBOOKS.glob("*.ipynb")), *sorted(NOTEBOOKS.glob("more/*.ipynb"))]
WIDGET = "application/vnd.jupyter.widget-view+json"  # lives only as long as its kernel


def execute(path: Path, store_widget_state: bool = False, allow_errors: bool = False) -> Any:
    """The notebook with its outputs, and nothing of widget views, times or versions in it."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=120,
        store_widget_state=store_widget_state,
        allow_errors=allow_errors,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            kept = [output for output in map(_without_widget, cell.outputs) if output]
            cell.outputs = joined(kept)
    return notebook


def joined(outputs: list[Any]) -> list[Any]:
    """What was printed in several goes is one: JupyterLab saves diagrams in the place of others."""
    whole: list[Any] = []
    for output in outputs:
        if output.output_type == "stream" and whole and whole[-1].get("name") == output.name:
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def _without_widget(output: Any) -> Any:
    data = output.get("data", {})
    if data.pop(WIDGET, None) and not data:
        return None
    return output


if __name__ == "__main__":
    for path in TUTORIALS:
        print(path.name, file=sys.stderr)
        nbformat.write(execute(path), path)
