"""Amazon Cognito's user pools as their triggers see them. What is not here, moto answers."""

from cognito_sandbox.cognito import (  # noqa: F401  each registers its operations
    attributes,
    challenges,
    clients,
    devices,
    listing,
    mfa_config,
    mfa_preferences,
    mfa_setup,
    passkeys,
    passwords,
    pools,
    refreshing,
    sign_in,
    sign_up,
)
