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
        return [it for it in asked if text in json.dumps(it, ensure_ascii=False)]

    def put_on_send_queue(self, id, to, text, group="rehearsal"):
        job = {"v": "1", "source": "billing", "id": id, "from": "900000000000201", "to": to,
               "message": {"type": "text", "text": {"body": text}}}
        self.aws("sqs").send_message(
            QueueUrl=self.queue("send.fifo"), MessageBody=json.dumps(job), MessageGroupId=group,
            MessageDeduplicationId=id)

    def logs(self, function, lines=6):
        """The last lines that a function wrote."""
        logs = self.aws("logs")
        found = []
        for group in logs.describe_log_groups()["logGroups"]:
            for event in logs.filter_log_events(logGroupName=group["logGroupName"]).get("events", []):
                if function in event.get("logStreamName", "") or function in group["logGroupName"]:
                    found.append(event)
        found.sort(key=lambda event: event["timestamp"])
        return [event["message"].strip() for event in found[-lines:]]

    def where_to_look(self, function):
        return [f"{self.emulator.program.log} has what {function} wrote", self.emulator.program.tail(4)]

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
    words = {name: secrets.token_urlsafe(24) for name in ("META_APP_SECRET", "META_VERIFY_TOKEN", "META_ACCESS_TOKEN")}
    with console.step("the emulator and the simulated WhatsApp start", vital=True) as tell:
        emulator = Emulator(folder, enforce=True)
        ending.callback(emulator.stop)
        whatsapp = Whatsapp(folder, words)
        ending.callback(whatsapp.stop)
        tell("IAM is enforced")
    aws = Aws(emulator.secure_endpoint, emulator.access_key, emulator.secret_key, authority=emulator.authority)
    it = Rehearsal(console, emulator, whatsapp, aws, Http(emulator.authority), words)

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
            "GraphUrl": whatsapp.graph,
            "AlarmEmail": "operations@example.com",
        }
        it.stack = Stack(aws, template, package, parameters)
        kinds = [resource["ResourceType"] for resource in it.stack.resources()]
        tell(f"{len(kinds)} resources in {kinds.count('AWS::CloudFormation::Stack') + 1} stacks")

    with console.step("what the emulator left out of the template is added", vital=True) as tell:
        api = it.stack.serve_routes()
        it.stack.expire_items()
        tell(f"{len(it.stack.deviations)} gaps, told at the end")

    with console.step("people sign in at the stack's user pool", vital=True):
        it.meta = Meta(it.http, webhook_url(it), words["META_APP_SECRET"])
        it.team = Team(it.http, f"{emulator.secure_endpoint}/_aws/execute-api/{api}/$default", aws,
                       it.stack.outputs["UserPoolId"], it.stack.outputs["ClientId"])
        for role in ("admin", "agent"):
            it.team.sign_in(role)
        # The simulator posts over HTTP: it would not trust our certificate.
        whatsapp.call("/settings", {"webhook_url": it.meta.url.replace(emulator.secure_endpoint, emulator.endpoint)})
    return it


def webhook_url(it):
    """The Function URL, by its path: the machine's resolver does not know its host name."""
    host, path = it.stack.outputs["WebhookUrl"].removeprefix("https://").split("/", 1)
    return f"{it.emulator.secure_endpoint}/_aws/lambda-url/{host.split('.')[0]}/{path}"


def ensure_binaries(console, arguments):
    """The release binaries; builds them if they are not there."""
    folder = arguments.binaries.resolve()
    if any(folder.glob("*/bootstrap")):
        return folder
    with console.step("the functions are built", vital=True):
        tools = subprocess.run([ROOT / "infra/venv"], check=True, capture_output=True, text=True).stdout.strip()
        built = subprocess.run([f"{tools}/bin/cargo-lambda", "lambda", "build", "--release", "--locked"], cwd=ROOT)
        if built.returncode or not any(folder.glob("*/bootstrap")):
            raise Failed(f"cargo lambda build ended with code {built.returncode}")
    return folder
