"""Load moto quickly, and without a way to the reader's AWS configuration."""

import functools
import os
import sys
from types import ModuleType
from typing import Any

from cognito_sandbox import keys
from cognito_sandbox.store import needs

NEEDS = (
    "boto3:Session",
    "botocore.session:create_loader",
    "moto.backends:list_of_moto_modules",
    "moto.core.base_backend:Session",
    "moto.core.responses:method_names_from_class",
    "moto.core.utils:Session",
    "moto.core.utils:create_loader",
    "moto.moto_server.werkzeug_app:DomainDispatcherApplication",
    "moto.moto_server.werkzeug_app:create_backend_app",
    "moto.settings:moto_server_host",
)


def prepare(port: int) -> None:
    """Must run before anything of moto, boto3 or botocore is imported."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        del os.environ[name]
    os.environ |= {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": keys.OWN.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.OWN.secret_key,
        "BOTO_CONFIG": os.devnull,
        "HOME": os.devnull,
        "MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP": "true",
        "MOTO_DISABLE_GLOBAL_CORS": "true",
        "MOTO_LAMBDA_CONCURRENCY_QUOTA": "1000",
        "MOTO_PORT": str(port),
    }
    _stand_in_for_openapi_validator()
    needs.check(NEEDS)
    _read_botocore_data_once()
    _list_once()
    from moto import settings

    settings.moto_server_host = lambda: "http://127.0.0.1"  # else it asks Docker


def _stand_in_for_openapi_validator() -> None:
    """For API Gateway's import of documents only; takes 0.1 to 2 seconds, by its release."""
    names = ["", ".validation", ".validation.exceptions"]
    modules = [ModuleType(f"openapi_spec_validator{name}") for name in names]

    def validate(*_: object) -> None:
        raise NotImplementedError("The sandbox does not validate OpenAPI documents.")

    modules[0].__dict__["validate"] = validate
    modules[2].__dict__["OpenAPIValidationError"] = ValueError
    sys.modules.update({module.__name__: module for module in modules})


def _read_botocore_data_once() -> None:
    """moto makes many sessions and loaders; each would search and parse the same files again.

    Its loader has all that botocore's has. Saves a seventh of the time until the first stack.
    """
    import boto3
    from botocore import session
    from moto.core import base_backend, utils

    setattr(boto3, "Session", functools.cache(boto3.Session))  # noqa: B010
    base_backend.Session = utils.Session = boto3.Session
    loader = utils.create_loader()
    for module in (session, utils):
        vars(module)["create_loader"] = lambda *_: loader


def _list_once() -> None:
    """With each request, moto would list the folder of its services, and its own methods.

    Saves a fifth of a call's time.
    """
    from moto import backends
    from moto.core import responses

    services = list(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: services
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)


def load_cloudformation(skip_unknown: bool = False, keep: bool = False) -> None:
    """CloudFormation, the forty services that it imports, and two others that few ask."""
    from cognito_sandbox.patches import compute

    with compute.unread():
        from cognito_sandbox.patches import (
            bucket_resources,
            emails,
            event_resources,
            filled_resources,
            function_resources,
            http_resources,
            key_states,
            log_group_resources,
            policy_resources,
            queue_resources,
            resources,
            rest_apis,
            rest_resources,
            rule_resources,
            sam,
            stacks,
            table_resources,
            template_values,
            templates,
            topic_resources,
            unknown_types,
            url_resources,
            user_resources,
        )

    resources.install()
    event_resources.install()
    function_resources.install()
    topic_resources.install()
    bucket_resources.install()
    log_group_resources.install()
    queue_resources.install()
    policy_resources.install()
    table_resources.install()
    user_resources.install()
    http_resources.install()
    filled_resources.install()
    rest_apis.install()
    rest_resources.install()
    url_resources.install()
    rule_resources.install()
    stacks.install()
    templates.install()
    template_values.install()
    sam.install()
    unknown_types.install(skip_unknown, keep)
    emails.install()
    key_states.install()


def load_server() -> Any:
    """moto's server as a WSGI application."""
    if not needs.is_moto_known():
        load_cloudformation()  # what it lacks should be told before the sandbox says it is ready
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    def create(service: object) -> Any:
        application = create_backend_app(service)
        application.config["PROPAGATE_EXCEPTIONS"] = True  # the server has better words for them
        return application

    return DomainDispatcherApplication(create)
