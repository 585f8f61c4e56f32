"""The regions that there are. Cognito is not in all of them."""

from moto.awslambda.models import lambda_backends
from moto.cognitoidp.models import cognitoidp_backends
from moto.core import DEFAULT_ACCOUNT_ID


def has(region: str, service: str) -> bool:
    """Can the service be asked there?"""
    backends = cognitoidp_backends if service == "cognito-idp" else lambda_backends
    return region in backends[DEFAULT_ACCOUNT_ID].regions
