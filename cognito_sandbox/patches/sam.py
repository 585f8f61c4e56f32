"""SAM's transform: AWS's own translator makes plain CloudFormation of a template, if installed."""

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import boto3
from moto.cloudformation import models
from moto.cloudformation.exceptions import ValidationError

from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.models:ChangeSet._parse_template",
    "moto.cloudformation.models:Stack._parse_template",
)
TRANSFORM = "AWS::Serverless-2016-10-31"


def install() -> None:
    """Have stacks and change sets transform what they parsed."""
    needs.check(NEEDS)
    for owner in (models.Stack, models.ChangeSet):
        owner._parse_template = _parsing_and_transforming(owner._parse_template)


def _parsing_and_transforming(parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def both(owner: Any) -> None:
        parse(owner)
        owner.template_dict = transformed(owner.template_dict)

    return both


def transformed(template: Any) -> Any:
    """The template as it is, unless it asks for the transform, and the transform is here."""
    named = template.get("Transform") if isinstance(template, dict) else None
    listed = named if isinstance(named, list) else [named]
    if TRANSFORM not in listed or not find_spec("samtranslator"):
        return template
    rest = [name for name in listed if name != TRANSFORM]
    plain = _translated({key: value for key, value in template.items() if key != "Transform"})
    return plain | ({"Transform": rest} if rest else {})


def _import() -> None:
    """Its annotations need boto3.Session to be a class, which it is not here: see loading.py."""
    names = vars(boto3)
    cached, names["Session"] = names["Session"], boto3.session.Session
    try:
        importlib.import_module("samtranslator.translator.translator")
    finally:
        names["Session"] = cached


def _translated(template: dict[str, Any]) -> dict[str, Any]:
    _import()
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    session = SimpleNamespace(region_name="us-east-1")  # only tells the partition
    translator = Translator({}, Parser(), boto_session=session)
    try:
        return dict(translator.translate(template, _defaults(template)))
    except InvalidDocumentException as error:
        causes = " ".join(cause.message for cause in error.causes)
        raise ValidationError(message=f"{error.message} {causes}") from None


def _defaults(template: dict[str, Any]) -> dict[str, Any]:
    parameters = template.get("Parameters") or {}
    return {name: given["Default"] for name, given in parameters.items() if "Default" in given}
