"""What `pytest --nbval` does not compare, beside the words in sanitize.cfg."""

import pytest
from nbval.plugin import IPyNbFile

# JupyterLab draws diagrams, and keeps its drawing in the file when that is saved.
DRAWN = ("image/svg+xml",)


def pytest_collectstart(collector: pytest.Collector) -> None:
    if isinstance(collector, IPyNbFile):
        collector.skip_compare += DRAWN
