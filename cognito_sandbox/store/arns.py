"""ARNs that cannot be told from a name alone."""


def secret(account: str, region: str, name: str) -> str:
    """A secret's ARN ends in six characters of its own."""
    from moto.secretsmanager.models import secretsmanager_backends

    found = secretsmanager_backends[account][region].secrets.get(name)
    return str(found.arn) if found else f"secret:{name}"


def key(account: str, region: str, name: str) -> str:
    """A key may be called by an alias, but policies name the key."""
    from moto.kms.models import kms_backends

    backend = kms_backends[account][region]
    alias = backend.get_alias_name(name)
    if alias.startswith("alias/") and not backend.alias_exists(alias):
        return name
    return f"key/{backend.any_id_to_key_id(name)}"
