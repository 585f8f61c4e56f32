"""How large a request may be: what AWS's services take, and for S3 what fits into memory."""

from wsgiref.types import WSGIEnvironment

MB = 1024 * 1024
CODE = 70_167_211  # a zip of 50 MB, in base64
USUAL = 16 * MB
OF_SERVICE = {
    "cloudformation": 2 * MB,
    "cognito-idp": MB,
    "dynamodb": 16 * MB,
    "lambda": CODE,
    "s3": 100 * MB,  # of one object or part
}
INVOKING = ("/invocations", "/invoke-async", "/response-streaming-invocations")
INVOCATION = 6 * MB


def of(service: str, environ: WSGIEnvironment) -> int:
    """The bytes that a request to this service may have."""
    if is_invocation(service, environ):
        return INVOCATION
    return OF_SERVICE.get(service, USUAL)


def is_invocation(service: str, environ: WSGIEnvironment) -> bool:
    path = environ["PATH_INFO"]
    return service == "lambda" and path.endswith(INVOKING)
