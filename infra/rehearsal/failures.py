"""What goes wrong, and how AWS's own semantics put it right: redelivery, partial failures, order, dead letters."""

import json
import os
import signal
import time

from console import eventually, require
from main_loop import SEEN
from meddling import forbidden, paused, visibility
from stack import STAGE

AMARA, NOOR = {"phone": "+15550100177"}, "noor"


def rehearse(world):
    world.console.heading("what goes wrong")
    a_poison_job(world)
    dead_letter_queue(world)
    group_order(world)
    partial_failure(world)
    killed_sender(world)
    a_limit_of_metas(world)
    world.was_refused_nothing("but for the outage that was staged, no role refused anything", but="inbound")


def letters(world, text=None):
    found = world.team.read("/v1/dead-letters?limit=100")["items"]
    if text is None:
        return found
    content = lambda letter: world.team.read(f"/v1/dead-letters/{letter['id']}")
    return [letter for letter in found if text in json.dumps(content(letter), ensure_ascii=False)]


def a_poison_job(world):
    step = world.console.step
    with step("a poison job becomes one dead letter with its reason, however often it is delivered") as tell:
        for attempt in ("1", "2"):
            world.aws("sqs").send_message(
                QueueUrl=world.queue("send.fifo"), MessageBody="this is no job", MessageGroupId="poison",
                MessageDeduplicationId=f"poison-{attempt}")
        [letter] = eventually(lambda: letters(world, "this is no job"))
        world.await_empty("send.fifo")
        require(len(letters(world, "this is no job")) == 1, letters(world))
        require(letter["source"] == "send", letter)
        tell(letter["reason"])

    with step("it is put back through the API, fails again, and is the same letter"):
        path = f"/v1/dead-letters/{letter['id']}"
        status, answer = world.team.ask("POST", f"{path}/redrive")
        require(status == 202, (status, answer))
        # Failed again, so no longer on its way.
        eventually(lambda: world.depth("send.fifo") == 0 and world.team.read(path)["redriven_at"] is None)
        require(len(letters(world, "this is no job")) == 1, letters(world))


def dead_letter_queue(world):
    """Nothing of ours breaks its function 25 times, so the receives are ours."""
    with world.console.step("what was received too often goes to its dead-letter queue, and on into the journal") as tell:
        sqs, url = world.aws("sqs"), world.queue("later")
        limit = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
                           ["Attributes"]["RedrivePolicy"])["maxReceiveCount"]
        with paused(world, "later"):
            job = json.dumps({"v": "1", "conversation": "900000000000201.01KAPKZZZZZZZZZZZZZZZZZZZZ", "not_before": 7})
            sqs.send_message(QueueUrl=url, MessageBody=job)
            for _ in range(int(limit)):
                received = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages")
                require(received, "gone before its last receive")
            left = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages")
            require(not left, f"received more often than {limit} times")
        [letter] = eventually(lambda: letters(world, "01KAPKZZZZZZZZZZZZZZZZZZZZ"))
        require(letter["source"] == "later", letter)
        world.await_empty("later-dlq")
        tell(letter["reason"])


def group_order(world):
    with world.console.step("ten messages of one group leave in their order, while other groups flow"):
        world.whatsapp.call(f"/people/{NOOR}/messages", {"text": "Hello?"})
        eventually(lambda: world.team.said("Hello?"))
        noor = {"phone": "+" + world.whatsapp.call(f"/people/{NOOR}")["phone"].lstrip("+")}
        for number in range(10):
            world.put_on_send_queue(f"order-a-{number}", AMARA, f"in order {number}", group="order-a")
            world.put_on_send_queue(f"order-b-{number}", noor, f"beside {number}", group="order-b")
        eventually(lambda: len(world.sends("in order")) >= 10 and len(world.sends("beside")) >= 10, patience=60)
        world.await_empty("send.fifo")
        for words in ("in order", "beside"):
            left = [text_of(send) for send in world.sends(words)]
            require(left == [f"{words} {number}" for number in range(10)], left)


def text_of(send):
    return send["body"]["text"]["body"]


def partial_failure(world):
    """Two packs in one batch. For one of them the journal is away: inbound reports it as the batch's failed item."""
    with world.console.step("of a batch, what failed comes again when its visibility ends, and only that") as tell:
        text, journal = "Beside a broken neighbour", f"arn:aws:dynamodb:*:*:table/{STAGE}-journal"
        with visibility(world, "inbound", seconds=5):
            with forbidden(world, "inbound", dynamodb_PutItem=journal):
                with paused(world, "inbound"):
                    world.whatsapp.call("/people/amara/messages", {"text": text})
                    eventually(lambda: world.depth("inbound") == 1)
                    require(world.meta.post(ACCOUNT_EVENT) == 200, "the event was not taken")
                    require(world.depth("inbound") == 2, world.depth("inbound"))
                eventually(lambda: world.team.said(text))
                eventually(lambda: world.depth("inbound") == 1)
                require(not events(world), "recorded although the journal is away")
            begun = time.monotonic()
            [event] = eventually(lambda: events(world), patience=60)
            world.await_empty("inbound")
        require(len(world.team.said(text)) == 1, "the neighbour is shown twice")
        require(event["field"] == "account_update", event)
        # Both were in one batch: it told one item done and one to be tried again.
        together = [batch for batch in world.metrics("inbound") if batch.get("Done") and batch.get("Retried")]
        require(together, "the two packs came in batches of their own")
        tell(f"{time.monotonic() - begun:.1f} s after the journal was back")


ACCOUNT_EVENT = {
    "object": "whatsapp_business_account",
    "entry": [{"id": "900000000000101", "time": 1795392000,
               "changes": [{"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}}]}],
}


def events(world):
    return world.team.read("/v1/events?limit=100")["items"]


def killed_sender(world):
    with world.console.step("a sender that is killed while it posts never posts a second time") as tell:
        text, seconds = "Who was killed?", 5
        shown = lambda *words: [message for message in world.team.said(text) if message["status"] in words]
        with visibility(world, "send.fifo", seconds):
            # No status comes back, so that what the sender knows is seen; and Meta takes its time.
            slow = {"webhooks": {"hold": True}, "graph": [{"kind": "slow", "hang_ms": 1000 * seconds}]}
            world.whatsapp.call("/faults", slow)
            world.put_on_send_queue("killed", AMARA, text)
            eventually(lambda: shown("sending"))
            killed, begun = world.emulator.function_processes(f"{STAGE}-sender"), time.monotonic()
            for process in killed:
                os.kill(process, signal.SIGKILL)
            require(killed, "no sender runs")
            eventually(lambda: shown("unknown"), patience=60)
            took = time.monotonic() - begun
            world.await_empty("send.fifo")
        require(took > seconds - 2, f"it came again after {took:.1f} s, before its visibility ended")
        require(len(world.sends(text)) == 1, world.sends(text))
        world.whatsapp.call("/faults", {"webhooks": {"hold": False}})
        found = eventually(lambda: shown(*SEEN), patience=30)
        require(len(found) == 1 and len(world.sends(text)) == 1, found)
        tell(f"unknown {took:.1f} s later, and resolved by a status that names its key")


def a_limit_of_metas(world):
    with world.console.step("what a limit of Meta's stopped waits on the later queue, and leaves in order") as tell:
        refused = {"kind": "error", "code": 131056, "on": "send"}
        world.whatsapp.call("/faults", {"graph": [refused]})
        begun = time.monotonic()
        for number in range(3):
            world.put_on_send_queue(f"limited-{number}", AMARA, f"after a limit {number}", group="limited")
        accepted = lambda: [send for send in world.sends("after a limit") if send["outcome"] == "accepted"]
        eventually(lambda: len(accepted()) >= 3, patience=60)
        world.await_empty("send.fifo", "later")
        left = [text_of(send) for send in accepted()]
        require(left == [f"after a limit {number}" for number in range(3)], left)
        took = time.monotonic() - begun
        require(took > 5, f"all left after {took:.1f} s, although Meta asked for six")
        tell(f"{took:.1f} s later")
