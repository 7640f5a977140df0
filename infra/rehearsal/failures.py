"""What goes wrong, and how AWS's own semantics put it right: redelivery, partial failures, order, dead letters."""

import json
import os
import signal
import time

from console import eventually, require
from stack import STAGE

AMARA, NOOR = {"phone": "+15550100177"}, "noor"
SEEN = ("delivered", "read")


def rehearse(it):
    it.console.heading("what goes wrong")
    a_poison_job(it)
    dead_letter_queue(it)
    group_order(it)
    partial_failure(it)
    killed_sender(it)
    rotated_secret(it)


def letters(it, text=None):
    found = it.team.read("/v1/dead-letters?limit=100")["items"]
    if text is None:
        return found
    content = lambda letter: it.team.read(f"/v1/dead-letters/{letter['id']}")
    return [letter for letter in found if text in json.dumps(content(letter), ensure_ascii=False)]


def a_poison_job(it):
    with it.console.step("a poison job becomes one dead letter with its reason, delivered twice or not") as tell:
        for attempt in ("1", "2"):
            it.aws("sqs").send_message(
                QueueUrl=it.queue("send.fifo"), MessageBody="this is no job", MessageGroupId="poison",
                MessageDeduplicationId=f"poison-{attempt}")
        [letter] = eventually(lambda: letters(it, "this is no job"))
        it.await_empty("send.fifo")
        require(len(letters(it, "this is no job")) == 1, letters(it))
        require(letter["source"] == "send", letter)
        tell(letter["reason"])


def dead_letter_queue(it):
    """Nothing of ours breaks its function 25 times, so the receives are ours."""
    with it.console.step("what was received too often goes to its dead-letter queue, and on into the journal") as tell:
        sqs, url = it.aws("sqs"), it.queue("later")
        limit = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
                           ["Attributes"]["RedrivePolicy"])["maxReceiveCount"]
        with paused(it, "later"):
            job = json.dumps({"v": "1", "conversation": "900000000000201.01KAPKZZZZZZZZZZZZZZZZZZZZ", "not_before": 7})
            sqs.send_message(QueueUrl=url, MessageBody=job)
            for _ in range(int(limit)):
                received = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages")
                require(received, "gone before its last receive")
            left = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages")
            require(not left, f"received more often than {limit} times")
        [letter] = eventually(lambda: letters(it, "01KAPKZZZZZZZZZZZZZZZZZZZZ"))
        require(letter["source"] == "later", letter)
        it.await_empty("later-dlq")
        tell(letter["reason"])


class paused:
    """Takes the function off a queue for a while."""

    def __init__(self, it, queue):
        self.functions = it.aws("lambda")
        mappings = self.functions.list_event_source_mappings()["EventSourceMappings"]
        self.mappings = [its["UUID"] for its in mappings if its["EventSourceArn"].endswith(f":{STAGE}-{queue}")]

    def set(self, enabled):
        for mapping in self.mappings:
            self.functions.update_event_source_mapping(UUID=mapping, Enabled=enabled)
        time.sleep(2)  # A poll that is under way ends.

    def __enter__(self):
        require(self.mappings, "no function is mapped to the queue")
        self.set(False)

    def __exit__(self, *_):
        self.set(True)


def group_order(it):
    with it.console.step("ten messages of one group leave in their order, while other groups flow"):
        it.whatsapp.call(f"/people/{NOOR}/messages", {"text": "Hello?"})
        eventually(lambda: it.team.said("Hello?"))
        noor = {"phone": "+" + it.whatsapp.call(f"/people/{NOOR}")["phone"].lstrip("+")}
        for number in range(10):
            it.put_on_send_queue(f"order-a-{number}", AMARA, f"in order {number}", group="order-a")
            it.put_on_send_queue(f"order-b-{number}", noor, f"beside {number}", group="order-b")
        eventually(lambda: len(it.sends("in order")) >= 10 and len(it.sends("beside")) >= 10, patience=60)
        it.await_empty("send.fifo")
        for words in ("in order", "beside"):
            left = [text_of(send) for send in it.sends(words)]
            require(left == [f"{words} {number}" for number in range(10)], left)


def text_of(send):
    return send["body"]["text"]["body"]


class visibility:
    """Shortens a queue's visibility timeout for a while: six times the function's is longer than one cares to watch."""

    def __init__(self, it, queue, seconds):
        self.sqs, self.url, self.seconds = it.aws("sqs"), it.queue(queue), seconds

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

    def __init__(self, it, function, **actions):
        self.iam = it.aws("iam")
        arn = it.aws("lambda").get_function_configuration(FunctionName=f"{STAGE}-{function}")["Role"]
        self.role = arn.rsplit("/", 1)[-1]
        self.statements = [{"Effect": "Deny", "Action": action.replace("_", ":"), "Resource": resource}
                           for action, resource in actions.items()]

    def __enter__(self):
        document = {"Version": "2012-10-17", "Statement": self.statements}
        self.iam.put_role_policy(RoleName=self.role, PolicyName="outage", PolicyDocument=json.dumps(document))

    def __exit__(self, *_):
        self.iam.delete_role_policy(RoleName=self.role, PolicyName="outage")


def partial_failure(it):
    """Two packs in one batch: the journal is away for one, and it cannot be put back on the queue by hand either."""
    with it.console.step("of a batch, what failed comes again after its visibility ends, and only that") as tell:
        text, journal = "Beside a broken neighbour", f"arn:aws:dynamodb:*:*:table/{STAGE}-journal"
        with visibility(it, "inbound", seconds=5):
            with forbidden(it, "inbound", dynamodb_PutItem=journal, sqs_SendMessage="*"):
                with paused(it, "inbound"):
                    it.whatsapp.call("/people/amara/messages", {"text": text})
                    eventually(lambda: it.depth("inbound") == 1)
                    require(it.meta.post(ACCOUNT_EVENT) == 200, "the event was not taken")
                    require(it.depth("inbound") == 2, it.depth("inbound"))
                eventually(lambda: it.team.said(text))
                eventually(lambda: it.depth("inbound") == 1)
                require(not events(it), "recorded although the journal is away")
            begun = time.monotonic()
            [event] = eventually(lambda: events(it), patience=60)
            it.await_empty("inbound")
        require(len(it.team.said(text)) == 1, "the neighbour is shown twice")
        require(event["field"] == "account_update", event)
        tell(f"{time.monotonic() - begun:.1f} s after the journal was back")


ACCOUNT_EVENT = {
    "object": "whatsapp_business_account",
    "entry": [{"id": "900000000000101", "time": 1795392000,
               "changes": [{"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}}]}],
}


def events(it):
    return it.team.read("/v1/events?limit=100")["items"]


def killed_sender(it):
    with it.console.step("a sender that is killed while it posts never posts a second time") as tell:
        text = "Who was killed?"
        with visibility(it, "send.fifo", seconds=5):
            it.whatsapp.call("/faults", {"graph": [{"kind": "slow", "hang_ms": 5000}]})
            it.put_on_send_queue("killed", AMARA, text)
            eventually(lambda: [message for message in it.team.said(text) if message["status"] == "sending"])
            killed = it.emulator.function_processes(f"{STAGE}-sender")
            for process in killed:
                os.kill(process, signal.SIGKILL)
            require(killed, "no sender runs")
            eventually(lambda: it.depth("send.fifo") == 0, patience=60)
        require(len(it.sends(text)) == 1, it.sends(text))
        # It does not know what became of it, until a status names the message's key.
        shown = eventually(lambda: [message for message in it.team.said(text) if message["status"] in SEEN])
        require(len(shown) == 1 and len(it.sends(text)) == 1, shown)
        tell(f"received again after its visibility ended; in the end {shown[0]['status']}")


def rotated_secret(it):
    with it.console.step("after a rotation, the new secret and the old are both good") as tell:
        new = "rotated-" + it.secrets["META_APP_SECRET"]
        value = {"META_APP_SECRET": f"{new},{it.secrets['META_APP_SECRET']}",
                 "META_VERIFY_TOKEN": it.secrets["META_VERIFY_TOKEN"]}
        it.aws("secretsmanager").put_secret_value(SecretId=f"{STAGE}/webhook", SecretString=json.dumps(value))
        begun = time.monotonic()
        empty = {"object": "whatsapp_business_account", "entry": []}
        eventually(lambda: it.meta.post(empty, secret=new) == 200, patience=90)
        require(it.meta.post(empty) == 200, "the old secret is refused")
        tell(f"{time.monotonic() - begun:.0f} s after the rotation, without a deployment")
