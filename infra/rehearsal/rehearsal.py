"""What the scenes have in hand: the deployed stack, and who calls it."""

import json
import secrets
import subprocess
import time

from clients import Aws, Http, Meta, Team
from console import Failed, eventually
from package import Package
from processes import ROOT, Emulator, Whatsapp
from stack import STAGE, Stack

QUEUES = ("inbound", "status", "send.fifo", "later")


class Rehearsal:
    """The stage on which scenes are played."""

    def __init__(self, console, emulator, whatsapp, aws, http, words):
        self.console, self.emulator, self.whatsapp = console, emulator, whatsapp
        self.aws, self.http, self.secrets = aws, http, words
        self.stack = self.meta = self.team = self.answer = None
        self.deviations = [
            "functions inherit AWS_ENDPOINT_URL and SSL_CERT_FILE from the emulator's own environment, so that their "
            "AWS clients call it and trust its certificate: on AWS the SDK finds the services by itself",
            "GraphUrl is the simulated Graph API: no message leaves this machine",
            "ARNs of roles in nested templates are written with their names: the emulator forgets Arn in an update",
        ]

    def queue(self, name):
        return self.aws("sqs").get_queue_url(QueueName=f"{STAGE}-{name}")["QueueUrl"]

    def depth(self, name):
        """Messages that wait, are delayed or are being worked on."""
        told = self.aws("sqs").get_queue_attributes(QueueUrl=self.queue(name), AttributeNames=["All"])["Attributes"]
        return sum(int(told[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "Delayed", "NotVisible"))

    def await_empty(self, *names, patience=30):
        eventually(lambda: not any(self.depth(name) for name in names or QUEUES), patience)

    def count(self, table):
        return self.aws("dynamodb").scan(TableName=f"{STAGE}-{table}", Select="COUNT", ConsistentRead=True)["Count"]

    def sends(self, text):
        """What the simulator was asked to send with this text, by whomever and with whatever outcome."""
        asked = self.whatsapp.call("/ledger?on=send")
        return [world for world in asked if text in json.dumps(world, ensure_ascii=False)]

    def put_on_send_queue(self, id, to, text, group="rehearsal"):
        job = {"v": "1", "source": "billing", "id": id, "from": "900000000000201", "to": to,
               "message": {"type": "text", "text": {"body": text}}}
        self.aws("sqs").send_message(
            QueueUrl=self.queue("send.fifo"), MessageBody=json.dumps(job), MessageGroupId=group,
            MessageDeduplicationId=id)

    def logs(self, since=0):
        """What functions wrote since a time in seconds of the epoch, oldest first."""
        pages = self.aws("logs").get_paginator("filter_log_events").paginate(
            logGroupName=f"/ventana/{STAGE}", startTime=int(since * 1000))
        found = [(event["timestamp"], event["message"].strip()) for page in pages for event in page["events"]]
        return [message for _, message in sorted(found)]

    def complaints(self, since, lines=3):
        """What functions warned of last: it often says why a step failed."""
        warned = [message[:600] for message in self.logs(since) if '"WARN"' in message or '"ERROR"' in message]
        return [f"a function wrote: {message}" for message in warned[-lines:]]

    def metrics(self, function):
        """The metrics that a function wrote, one set for each event that it served."""
        lines = [json.loads(message) for message in self.logs() if message.startswith('{"_aws"')]
        return [line for line in lines if line["Function"] == f"{STAGE}-{function}"]

    def was_refused_nothing(self, name, but=None):
        """A step: every call that a function made was allowed by its own role, `but` those of one function."""
        with self.console.step(name) as tell:
            logs = self.logs()
            refused = [message[:400] for message in logs if "AccessDenied" in message]
            if but:
                refused = [message for message in refused if f"/{STAGE}-{but} " not in message]
            if refused:
                raise Failed(f"{len(refused)} refusals, the first: {refused[0]}")
            tell(f"{len(logs)} lines of logs read")

    def tell_deviations(self):
        self.console.heading("where this was not as on AWS")
        for deviation in self.deviations + self.stack.deviations:
            self.console.note(deviation)

    def tell_where(self):
        self.console.note(f"endpoint {self.emulator.endpoint}, webhook {self.meta.url}, API {self.team.api}")
        self.console.note(f"simulator {self.whatsapp.control}; Ctrl-C ends all")


def deploy(console, folder, arguments, ending):
    """Starts the programs, deploys the stack and signs in."""
    console.heading("deployment")
    binaries = ensure_binaries(console, arguments)
    words = {name: secrets.token_urlsafe(24) for name in ("META_APP_SECRET", "META_VERIFY_TOKEN", "META_ACCESS_TOKEN", "STACK_KEY")}
    with console.step("the emulator and the simulated WhatsApp start", vital=True) as tell:
        emulator = Emulator(folder, enforce=True)
        ending.callback(emulator.stop)
        whatsapp = Whatsapp(folder, words)
        ending.callback(whatsapp.stop)
        tell("IAM is enforced")
    aws = Aws(emulator.secure_endpoint, emulator.access_key, emulator.secret_key, authority=emulator.authority)
    world = Rehearsal(console, emulator, whatsapp, aws, Http(emulator.authority), words)
    console.hints = world.complaints

    with console.step("binaries and templates are uploaded", vital=True) as tell:
        package = Package(aws("s3"), binaries, arguments.infra)
        template = package.template("template.yaml")
        tell(f"{len(package.uploaded)} functions, {len(package.templates)} nested templates")

    with console.step("the stack is created", vital=True) as tell:
        store = lambda name, *keys: aws("secretsmanager").create_secret(
            Name=f"{STAGE}/{name}", SecretString=json.dumps({key: words[key] for key in keys}))["ARN"]
        parameters = {
            "Stage": STAGE,
            "WebhookSecretArn": store("webhook", "META_APP_SECRET", "META_VERIFY_TOKEN"),
            "GraphSecretArn": store("graph", "META_ACCESS_TOKEN"),
            "StackSecretArn": store("stack", "STACK_KEY"),
            "GraphUrl": whatsapp.graph,
            "AlarmEmail": "operations@example.com",
        }
        world.stack = Stack(aws, template, package, parameters)
        kinds = [resource["ResourceType"] for resource in world.stack.resources()]
        tell(f"{len(kinds)} resources in {kinds.count('AWS::CloudFormation::Stack') + 1} stacks")

    with console.step("what the emulator left out of the template is added", vital=True) as tell:
        api = world.stack.serve_routes()
        world.stack.expire_items()
        world.stack.allow_batches()
        tell(f"{len(world.stack.deviations)} gaps, told at the end")

    with console.step("people sign in at the stack's user pool", vital=True):
        world.meta = Meta(world.http, webhook_url(world), words["META_APP_SECRET"])
        world.team = Team(world.http, f"{emulator.secure_endpoint}/_aws/execute-api/{api}/$default", aws,
                       world.stack.outputs["UserPoolId"], world.stack.outputs["ClientId"])
        for role in ("admin", "agent"):
            world.team.sign_in(role)
        # The simulator posts over HTTP: it would not trust our certificate.
        whatsapp.call("/settings", {"webhook_url": world.meta.url.replace(emulator.secure_endpoint, emulator.endpoint)})
    return world


def webhook_url(world):
    """The Function URL, by its path: the machine's resolver does not know its host name."""
    host, path = world.stack.outputs["WebhookUrl"].removeprefix("https://").split("/", 1)
    return f"{world.emulator.secure_endpoint}/_aws/lambda-url/{host.split('.')[0]}/{path}"


def ensure_binaries(console, arguments):
    """The release binaries; builds them if they are not there."""
    folder = arguments.binaries.resolve()
    if any(folder.glob("*/bootstrap")):
        return folder
    with console.step("the functions are built", vital=True):
        built = subprocess.run([ROOT / "infra/build"], cwd=ROOT)
        if built.returncode or not any(folder.glob("*/bootstrap")):
            raise Failed(f"infra/build ended with code {built.returncode} and left nothing in {folder}")
    return folder
    with console.step("the functions are built", vital=True):
        tools = subprocess.run([ROOT / "infra/venv"], check=True, capture_output=True, text=True).stdout.strip()
        built = subprocess.run([f"{tools}/bin/cargo-lambda", "lambda", "build", "--release", "--locked"], cwd=ROOT)
        if built.returncode or not any(folder.glob("*/bootstrap")):
            raise Failed(f"cargo lambda build ended with code {built.returncode}")
    return folder
