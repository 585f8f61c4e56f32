"""The AWS Encryption SDK for functions under test, from where these tests have it themselves."""

import importlib.util
import io
import zipfile
from pathlib import Path

SDK = ("aws_encryption_sdk", "attr", "cffi", "cryptography", "six", "wrapt", "_cffi_backend")


def layer() -> bytes:
    """The SDK, and what it needs beside boto3, as a layer has them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in SDK:
            spec = importlib.util.find_spec(name)
            assert spec
            assert spec.origin
            path = Path(spec.origin)
            files = path.parent.rglob("*") if path.stem == "__init__" else [path]
            above = path.parents[1] if path.stem == "__init__" else path.parent
            for each in files:
                if each.is_file() and "__pycache__" not in each.parts:
                    archive.write(each, Path("python") / each.relative_to(above))
    return packed.getvalue()
