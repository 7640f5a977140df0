"""Roles hold: what a function's policy does not allow is refused, by an evaluator that is not ours."""

from botocore.exceptions import ClientError

from clients import Aws
from console import require
from stack import STAGE


def rehearse(world):
    world.console.heading("rights")
    for function, may_not in CALLS.items():
        with world.console.step(f"{function} may not {', nor '.join(may_not)}") as tell:
            # What nothing has called yet does not run, and has no credentials: a batch of nothing wakes it.
            if function in ("campaign", "jobs", "media", "notifier"):
                world.aws("lambda").invoke(FunctionName=f"{STAGE}-{function}", Payload=b'{"Records": []}')
            aws = as_function(world, function)
            for name, call in may_not.items():
                refused(name, lambda: call(world, aws))
            tell(aws("sts").get_caller_identity()["Arn"].rsplit(":", 1)[-1].split("/")[0])

    with world.console.step("the bucket takes nothing over plain HTTP, whoever asks"):
        plain = Aws(world.emulator.endpoint, **session(world, "inbound"))
        refused("read over HTTP", lambda: plain("s3").get_object(Bucket=world.stack.outputs["Bucket"], Key="large/x"))

    with world.console.step("the queues and tables are closed to who has no credentials of this account"):
        stranger = Aws(world.emulator.secure_endpoint, "AKIASTRANGER00000000", "guessed", authority=world.emulator.authority)
        refused("list tables", lambda: stranger("dynamodb").list_tables(),
                "UnrecognizedClientException", "InvalidClientTokenId")
    world.deviations.append(
        "dynamodb:LeadingKeys is not evaluated by the emulator: which keys of a table a function may touch was not "
        "rehearsed, only which tables and actions")


def session(world, function):
    """The credentials that a running function has."""
    has = world.emulator.function_environment(f"{STAGE}-{function}")
    return {"access_key": has["AWS_ACCESS_KEY_ID"], "secret_key": has["AWS_SECRET_ACCESS_KEY"],
            "token": has["AWS_SESSION_TOKEN"]}


def as_function(world, function):
    return Aws(world.emulator.secure_endpoint, authority=world.emulator.authority, **session(world, function))


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
    return lambda world, aws: aws("dynamodb").get_item(TableName=f"{STAGE}-{table}", Key=key)


def put(table):
    item = {"pk": {"S": "CONTACT#1"}, "sk": {"S": "PROFILE"}}
    return lambda world, aws: aws("dynamodb").put_item(TableName=f"{STAGE}-{table}", Item=item)


def scan(table):
    return lambda world, aws: aws("dynamodb").scan(TableName=f"{STAGE}-{table}")


def send(queue):
    def call(world, aws):
        more = {"MessageGroupId": "g", "MessageDeduplicationId": "d"} if queue.endswith(".fifo") else {}
        aws("sqs").send_message(QueueUrl=world.queue(queue), MessageBody="x", **more)
    return call


def secret(name):
    return lambda world, aws: aws("secretsmanager").get_secret_value(SecretId=f"{STAGE}/{name}")


# What each must not do, whatever happens to its code.
CALLS = {
    "webhook": {"read a table": get("contacts"), "ask for a message to be sent": send("send.fifo"),
                "read the Graph API's token": secret("graph")},
    "inbound": {"scan a table": scan("contacts"), "write a campaign": put("campaigns"),
                "read the app secret": secret("webhook"), "read the Graph API's token": secret("graph")},
    "status": {"scan a table": scan("contacts"), "send": send("send.fifo"), "read the Graph API's token": secret("graph")},
    # Of campaigns it writes runs and results; which items, only keys tell, which the emulator does not look at.
    "sender": {"scan a table": scan("contacts"), "write the directory": put("directory"), "read the app secret": secret("webhook")},
    "api": {"scan a table": scan("conversations"), "read the Graph API's token": secret("graph")},
    "automation": {"scan a table": scan("conversations"), "write a person": put("contacts"), "send": send("send.fifo"), "read the Graph API's token": secret("graph")},
    "notifier": {"read a person": get("contacts"), "send": send("send.fifo"), "read the app secret": secret("webhook")},
    "sync": {"scan a table": scan("contacts"), "write a person": put("contacts"), "send": send("send.fifo")},
    "campaign": {"scan a table": scan("contacts"), "send": send("send.fifo"), "read the Graph API's token": secret("graph")},
    "realtime": {"scan a table": scan("conversations"), "write a person": put("contacts"), "send": send("send.fifo"), "read the Graph API's token": secret("graph")},
    "jobs": {"send": send("send.fifo"), "read the app secret": secret("webhook")},
}
