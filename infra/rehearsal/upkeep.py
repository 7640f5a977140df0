"""What an operator does to a running stack: rotates a secret, upgrades, and errs."""

import json
import time

from botocore.exceptions import ClientError

from console import eventually, require
from failures import ACCOUNT_EVENT
from stack import STAGE


def rehearse(world):
    world.console.heading("upkeep")
    rotated_secret(world)
    upgrade(world)
    protection(world)


def rotated_secret(world):
    with world.console.step("after a rotation the new secret and the old are good, and no other") as tell:
        old, new = world.secrets["META_APP_SECRET"], "rotated-" + world.secrets["META_APP_SECRET"]
        store(world, f"{new},{old}")
        begun = time.monotonic()
        # A signature that is by no known secret makes the function read again, at most each half minute.
        eventually(lambda: world.meta.post(ACCOUNT_EVENT, secret=new) == 200, patience=90)
        tell(f"the new one {time.monotonic() - begun:.0f} s after the rotation, without a deployment")
        require(world.meta.post(ACCOUNT_EVENT, secret=old) == 200, "the old secret is refused too early")
        require(world.meta.post(ACCOUNT_EVENT, secret="guessed") == 401, "a guessed secret is accepted")
        world.meta.secret = new


def store(world, app_secret):
    value = {"META_APP_SECRET": app_secret, "META_VERIFY_TOKEN": world.secrets["META_VERIFY_TOKEN"]}
    world.aws("secretsmanager").put_secret_value(SecretId=f"{STAGE}/webhook", SecretString=json.dumps(value))


def upgrade(world):
    with world.console.step("an upgrade changes the functions, and keeps tables, queues and addresses"):
        before = {table: world.count(table) for table in ("contacts", "conversations", "journal")}
        queues = sorted(world.aws("sqs").list_queues()["QueueUrls"])
        outputs = world.stack.outputs
        world.stack.update(LogLevel="debug")
        told = world.aws("lambda").get_function_configuration(FunctionName=f"{STAGE}-webhook")
        require(told["Environment"]["Variables"]["RUST_LOG"] == "debug", told["Environment"])
        require(world.stack.outputs == outputs, world.stack.outputs)
        require(sorted(world.aws("sqs").list_queues()["QueueUrls"]) == queues, "the queues are others")
        after = {table: world.count(table) for table in before}
        require(after == before, (before, after))
        require(world.meta.post(ACCOUNT_EVENT) == 200, "the webhook does not answer after the upgrade")
        world.team.read("/v1/conversations")


def protection(world):
    with world.console.step("a table refuses to be deleted"):
        for table in ("contacts", "conversations", "campaigns", "directory", "journal"):
            try:
                world.aws("dynamodb").delete_table(TableName=f"{STAGE}-{table}")
                require(False, f"{table} could be deleted")
            except ClientError as error:
                require("rotect" in str(error), error)
