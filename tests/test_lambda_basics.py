"""The handlers of notebook 5, as they are deployed, with ready events."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from harness import Aws, Function

from helpers import experiments

Deploy = Callable[..., Function]


@pytest.fixture
def deploy(aws: Aws) -> Deploy:
    def deployed(name: str, **variables: str) -> Function:
        return aws.function(experiments.source(name).code, Environment={"Variables": variables})

    return deployed


def test_increment_adds_one_and_says_so(deploy: Deploy) -> None:
    function = deploy("increment")
    assert function.result({"number": 41}) == 42
    assert any("One more than 41." in line for line in function.log())


@pytest.mark.parametrize(
    ("action", "x", "y", "result"),
    [("plus", 6, 7, 13), ("minus", 6, 7, -1), ("times", 6, 7, 42), ("divided-by", 7, 2, 3.5)],
)
def test_calculate(deploy: Deploy, action: str, x: int, y: int, result: float) -> None:
    event = {"action": action, "x": x, "y": y}
    assert deploy("calculate").result(event) == {"result": result}


def test_calculate_names_its_actions_to_who_asks_for_another(deploy: Deploy) -> None:
    answer: dict[str, Any] = deploy("calculate").result({"action": "root", "x": 1, "y": 1})
    assert re.fullmatch("There is no root. There are: plus, .*divided-by.", answer["error"])


@pytest.mark.parametrize(("level", "lines"), [("DEBUG", 2), ("INFO", 1), ("WARNING", 0)])
def test_calculate_logs_as_much_as_the_environment_says(
    deploy: Deploy, level: str, lines: int
) -> None:
    function = deploy("calculate", LOG_LEVEL=level)
    function.result({"action": "plus", "x": 1, "y": 1})
    assert sum("\t" in line and "[" in line[:8] for line in function.log()) == lines
