"""All that is put into the place of moto's own, before anybody asks anything."""

from cognito_sandbox.lambdas.environments import Environments
from cognito_sandbox.patches import (
    bucket_policies,
    bucket_settings,
    buckets,
    checks,
    connections,
    event_sources,
    function_urls,
    functions,
    identities,
    indexes,
    invoke_configs,
    limits,
    queues,
    rules,
    signing_key,
    stream_settings,
    streams,
    time_to_live,
    topics,
)
from cognito_sandbox.store import needs, user_pools


def install(endpoint: str, environments: Environments) -> None:
    """From now on, moto is the sandbox's."""
    needs.check((*checks.NEEDS, *connections.NEEDS))
    limits.install()
    functions.install(endpoint, environments)
    function_urls.install()
    event_sources.install()
    streams.install()
    time_to_live.install()
    stream_settings.install()
    invoke_configs.install()
    bucket_policies.install()
    bucket_settings.install()
    buckets.install()
    topics.install()
    queues.install(endpoint)
    rules.install()
    identities.install()
    indexes.install()
    signing_key.install()
    user_pools.install()
