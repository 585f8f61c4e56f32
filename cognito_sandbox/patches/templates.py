"""Requests about stacks and change sets as CloudFormation takes them, and what it says if not."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import yaml
from moto.cloudformation import models, parsing, responses
from moto.cloudformation.exceptions import ValidationError
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model

from cognito_sandbox.door.parameters import violations
from cognito_sandbox.patches import (
    capabilities,
    change_sets,
    failures,
    sam,
    stack_parameters,
    template_reading,
    template_references,
)
from cognito_sandbox.patches.template_reading import load
from cognito_sandbox.store import needs

NEEDS = (
    "moto.cloudformation.models:Stack.parameter_list",
    "moto.cloudformation.models:get_stack_from_s3_url",
    "moto.cloudformation.models:yaml.load",
    "moto.cloudformation.parsing:ResourceMap.parse_ssm_parameter",
    "moto.cloudformation.responses:CloudFormationResponse._get_params_from_list",
    "moto.cloudformation.responses:CloudFormationResponse._get_stack_from_s3_url",
    "moto.cloudformation.responses:CloudFormationResponse._validate_different_update",
    "moto.cloudformation.responses:CloudFormationResponse.create_stack",
    "moto.cloudformation.responses:CloudFormationResponse.update_stack",
    "moto.cloudformation.responses:CloudFormationResponse.validate_template",
)
Answering = Callable[[Any], Any]  # a method of moto's that answers a request
STACK_NAME, LONGEST_NAME = "[a-zA-Z][-a-zA-Z0-9]*", 128
TOPIC = re.compile(r"arn:aws:sns:[^:]*:\d{12}:.+")
MISSHAPEN = (AttributeError, IndexError, KeyError, TypeError, ValueError)
NO_FORM = "Template format error: a function or a parameter in it has not the form it should have."


def _known_parameters(response: Any, listed: list[dict[str, Any]]) -> dict[str, Any]:
    stack = _stack(response, response._get_param("StackName"))
    return stack_parameters.read(listed, stack_parameters.so_far(stack) if stack else {})


def _stack(response: Any, name: str) -> Any:
    stacks = response.cloudformation_backend.stacks.values()
    return next((each for each in stacks if name in (each.name, each.stack_id)), None)


def _checked(operation: str, answer: Answering) -> Answering:
    """Held against AWS's description first: a stack's later events need what it was made with."""

    @failures.hands_on
    def check_and_answer(response: Any) -> Any:
        if operation == "CreateChangeSet":
            response.params.setdefault("ChangeSetType", "UPDATE")  # moto's usual one is another
        shape = get_service_model("cloudformation").operation_model(operation).input_shape
        topics = response._get_param("NotificationARNs", [])
        wrong = [topic for topic in topics if not TOPIC.fullmatch(topic)]
        problem = violations(shape, response.params)
        if wrong or problem:
            raise ValidationError(message=problem or f"Invalid ARN in NotificationARNs: {wrong[0]}")
        if operation == "CreateStack":
            _check_name(response._get_param("StackName"))
        _check_template(response, operation)
        return answer(response)

    return check_and_answer


def _check_name(name: str) -> None:
    told = f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy"
    if not re.fullmatch(STACK_NAME, name):
        pattern = f"constraint: Member must satisfy regular expression pattern: {STACK_NAME}"
        raise ValidationError(message=f"{told} {pattern}")
    if len(name) > LONGEST_NAME:
        length = f"constraint: Member must have length less than or equal to {LONGEST_NAME}"
        raise ValidationError(message=f"{told} {length}")


def _check_template(response: Any, operation: str) -> None:
    """What can be told before anything is made; moto looks no further than what it makes.

    An update has the template's defaults, where no value is given: moto stays with those so far.
    """
    given = _known_parameters(response, response._get_param("Parameters", []))
    body = _body(response)
    if body:
        sent, acknowledged = load(body), response._get_param("Capabilities", [])
        template = sam.transformed(sent)
        try:
            _check_references(response, template, given)
            stack_parameters.check(template.get("Parameters", {}), given)
            if operation != "CreateChangeSet":
                capabilities.check_macros(sent, acknowledged)
            capabilities.check(template, acknowledged)
            told = stack_parameters.defaults(template) if _is_update(response, operation) else {}
        except MISSHAPEN:
            raise ValidationError(message=NO_FORM) from None
        response.params["Parameters"] = [
            {"ParameterKey": key, "ParameterValue": value} for key, value in (told | given).items()
        ]


def _check_references(response: Any, template: dict[str, Any], given: dict[str, Any]) -> None:
    """With the parameters' values, as far as they are known, and AWS's own."""
    own = {"AWS::Region": response.region, "AWS::AccountId": response.current_account}
    values = stack_parameters.values(template.get("Parameters", {}), given)
    template_references.check(template, values | own)


def _body(response: Any) -> Any:
    """The template, or the stack's template so far where that is asked for."""
    url = response._get_param("TemplateURL")
    if response._get_bool_param("UsePreviousTemplate", False):
        stack = _stack(response, response._get_param("StackName"))
        return stack and stack.template
    return response._get_stack_from_s3_url(url) if url else response._get_param("TemplateBody")


def _create_change_set(response: Any) -> Any:
    name = response._get_param("StackName")
    if not _is_update(response, "CreateChangeSet"):
        _check_name(name)
    return change_sets.create(response, _stack(response, name))


def _is_update(response: Any, operation: str) -> bool:
    return operation == "UpdateStack" or response._get_param("ChangeSetType") == "UPDATE"


def _validate_template(response: Any) -> ActionResult:
    """moto asks cfn-lint, which the sandbox does not bring along."""
    url = response._get_param("TemplateURL")
    body = response._get_stack_from_s3_url(url) if url else response._get_param("TemplateBody")
    template = load(body)
    parameters = stack_parameters.described(template.get("Parameters") or {})
    return ActionResult({"Description": template.get("Description"), "Parameters": parameters})


def install() -> None:
    """Put these ways in the place of moto's."""
    needs.check(
        (
            *(*NEEDS, *capabilities.NEEDS, *change_sets.NEEDS, *stack_parameters.NEEDS),
            *(*template_reading.NEEDS, *template_references.NEEDS),
        )
    )
    responses.get_stack_from_s3_url = models.get_stack_from_s3_url = template_reading.fetch
    models.yaml = SimpleNamespace(**vars(yaml) | {"load": load})
    responses.CloudFormationResponse._get_params_from_list = _known_parameters
    answers = responses.CloudFormationResponse
    answers._validate_different_update = stack_parameters.refuse_unchanged
    answers.create_stack = _checked("CreateStack", answers.create_stack)
    answers.update_stack = _checked("UpdateStack", answers.update_stack)
    answers.create_change_set = _checked("CreateChangeSet", _create_change_set)
    responses.CloudFormationResponse.validate_template = _validate_template
    parsing.ResourceMap.parse_ssm_parameter = template_reading.read_parameter
    models.Stack.parameter_list = property(stack_parameters.told)
    change_sets.install()
