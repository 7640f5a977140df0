"""Ways to bring about what goes wrong. Each is a `with` that puts things right at its end."""

import json
import time

from console import require
from stack import STAGE


class paused:
    """Takes the function off a queue for a while."""

    def __init__(self, world, queue):
        self.functions = world.aws("lambda")
        mappings = self.functions.list_event_source_mappings()["EventSourceMappings"]
        self.mappings = [each["UUID"] for each in mappings if each["EventSourceArn"].endswith(f":{STAGE}-{queue}")]

    def set(self, enabled):
        for mapping in self.mappings:
            self.functions.update_event_source_mapping(UUID=mapping, Enabled=enabled)
        time.sleep(2)  # A poll that is under way ends.

    def __enter__(self):
        require(self.mappings, "no function is mapped to the queue")
        self.set(False)

    def __exit__(self, *_):
        self.set(True)


class visibility:
    """Shortens a queue's visibility timeout for a while: six times the function's is longer than one cares to watch."""

    def __init__(self, world, queue, seconds):
        self.sqs, self.url, self.seconds = world.aws("sqs"), world.queue(queue), seconds

    def set(self, seconds):
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"VisibilityTimeout": str(seconds)})

    def __enter__(self):
        told = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["VisibilityTimeout"])
        self.before = told["Attributes"]["VisibilityTimeout"]
        self.set(self.seconds)

    def __exit__(self, *_):
        self.set(self.before)


class forbidden:
    """Takes rights from a function's role for a while: an outage of a table, as the function sees it."""

    def __init__(self, world, function, **actions):
        self.iam = world.aws("iam")
        arn = world.aws("lambda").get_function_configuration(FunctionName=f"{STAGE}-{function}")["Role"]
        self.role = arn.rsplit("/", 1)[-1]
        self.statements = [{"Effect": "Deny", "Action": action.replace("_", ":"), "Resource": resource}
                           for action, resource in actions.items()]

    def __enter__(self):
        document = {"Version": "2012-10-17", "Statement": self.statements}
        self.iam.put_role_policy(RoleName=self.role, PolicyName="outage", PolicyDocument=json.dumps(document))

    def __exit__(self, *_):
        self.iam.delete_role_policy(RoleName=self.role, PolicyName="outage")
