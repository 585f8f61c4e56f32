"""Notebook 1: confirm everybody at example.com, and refuse example.org with a text."""


def handler(event, context):
    if event["triggerSource"] != "PreSignUp_SignUp":
        return event
    domain = event["request"]["userAttributes"]["email"].rpartition("@")[2].lower()
    if domain == "example.org":
        raise ValueError("People of example.org sign up elsewhere")
    if domain == "example.com":
        event["response"]["autoConfirmUser"] = True
        event["response"]["autoVerifyEmail"] = True
    return event
