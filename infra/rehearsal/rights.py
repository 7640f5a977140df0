"""Roles hold: what a function's policy does not allow is refused, by an evaluator that is not ours."""

from botocore.exceptions import ClientError

from clients import Aws
from console import require
from stack import STAGE


def rehearse(it):
    it.console.heading("rights")
    for function, may_not in CALLS.items():
        with it.console.step(f"{function} may not {', nor '.join(may_not)}") as tell:
            aws = as_function(it, function)
            for name, call in may_not.items():
                refused(name, lambda: call(it, aws))
            tell(aws("sts").get_caller_identity()["Arn"].rsplit(":", 1)[-1].split("/")[0])

    with it.console.step("the bucket takes nothing over plain HTTP, whoever asks"):
        plain = Aws(it.emulator.endpoint, **session(it, "inbound"))
        refused("read over HTTP", lambda: plain("s3").get_object(Bucket=it.stack.outputs["Bucket"], Key="large/x"))

    with it.console.step("the queues and tables are closed to who has no credentials of this account"):
        stranger = Aws(it.emulator.secure_endpoint, "AKIASTRANGER00000000", "guessed", authority=it.emulator.authority)
        refused("list tables", lambda: stranger("dynamodb").list_tables(),
                "UnrecognizedClientException", "InvalidClientTokenId")
    it.deviations.append(
        "dynamodb:LeadingKeys is not evaluated by the emulator: which keys of a table a function may touch was not "
        "rehearsed, only which tables and actions")


def session(it, function):
    """The credentials that a running function has."""
    has = it.emulator.function_environment(f"{STAGE}-{function}")
    return {"access_key": has["AWS_ACCESS_KEY_ID"], "secret_key": has["AWS_SECRET_ACCESS_KEY"],
            "token": has["AWS_SESSION_TOKEN"]}


def as_function(it, function):
    return Aws(it.emulator.secure_endpoint, authority=it.emulator.authority, **session(it, function))


def refused(name, call, *codes):
    """A call is refused for want of rights, and for nothing else."""
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        require(code in (codes or ("AccessDenied", "AccessDeniedException", "403")), f"{name}: {error}")
        return
    require(False, f"{name}: allowed")


def get(table):
    key = {"pk": {"S": "CONTACT#1"}, "sk": {"S": "PROFILE"}}
    return lambda it, aws: aws("dynamodb").get_item(TableName=f"{STAGE}-{table}", Key=key)


def put(table):
    item = {"pk": {"S": "CONTACT#1"}, "sk": {"S": "PROFILE"}}
    return lambda it, aws: aws("dynamodb").put_item(TableName=f"{STAGE}-{table}", Item=item)


def scan(table):
    return lambda it, aws: aws("dynamodb").scan(TableName=f"{STAGE}-{table}")


def send(queue):
    def call(it, aws):
        more = {"MessageGroupId": "g", "MessageDeduplicationId": "d"} if queue.endswith(".fifo") else {}
        aws("sqs").send_message(QueueUrl=it.queue(queue), MessageBody="x", **more)
    return call


def secret(name):
    return lambda it, aws: aws("secretsmanager").get_secret_value(SecretId=f"{STAGE}/{name}")


# What each must not do, whatever happens to its code.
CALLS = {
    "webhook": {"read a table": get("contacts"), "ask for a message to be sent": send("send.fifo"),
                "read the Graph API's token": secret("graph")},
    "inbound": {"scan a table": scan("contacts"), "write a campaign": put("campaigns"), "send": send("send.fifo"),
                "read the app secret": secret("webhook")},
    "status": {"read a person": get("contacts"), "read the Graph API's token": secret("graph")},
    "sender": {"write a campaign": put("campaigns"), "read the app secret": secret("webhook")},
    "api": {"scan a table": scan("conversations"), "read the Graph API's token": secret("graph")},
    "sync": {"read a person": get("contacts"), "send": send("send.fifo")},
}
