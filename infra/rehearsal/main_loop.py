"""A customer writes, an agent answers, the statuses come back: through the deployed stack."""

import json
import time

from console import eventually, require
from stack import STAGE

NUMBER = "900000000000201"
QUESTION = "Is the kettle back?"
ANSWER = "Yes, since today."
# What a status makes of a message.
SEEN = ("delivered", "read")


def rehearse(world):
    world.console.heading("the main loop")
    with world.console.step("Meta's challenge is answered, and only with our word"):
        status, body = world.meta.challenge(world.secrets["META_VERIFY_TOKEN"])
        require((status, body) == (200, b"11588"), (status, body))
        status, _ = world.meta.challenge("another word")
        require(status == 403, status)

    with world.console.step("a webhook that Meta did not sign is refused"):
        require(world.meta.post({"entry": []}, secret="somebody else's") == 401, "it was not answered with 401")
        status, _ = world.http.call("POST", world.meta.url, b"{}")
        require(status == 401, f"without a signature: {status}")

    with world.console.step("what a customer writes is in the tables and in the API") as tell:
        world.whatsapp.call("/people/amara/messages", {"text": QUESTION})
        begun = time.monotonic()
        [message] = eventually(lambda: world.team.said(QUESTION), patience=30)
        tell(f"{time.monotonic() - begun:.1f} s after she wrote")
        rows = {name: world.count(name) for name in ("contacts", "conversations")}
        # Person, her identities; state, message.
        require(rows["contacts"] >= 2 and rows["conversations"] == 2, rows)
        require(message["direction"] == "inbound", message)

    with world.console.step("the same webhook twice more is shown once"):
        [body] = [post["body"] for post in world.whatsapp.call("/webhooks?field=messages") if QUESTION in json.dumps(post)]
        require([world.meta.post(body), world.meta.post(body)] == [200, 200], "a repeat was not answered with 200")
        world.await_empty("inbound")
        require(len(world.team.said(QUESTION)) == 1, world.team.said(QUESTION))
        require(world.count("conversations") == 2, f"{world.count('conversations')} rows in conversations")

    with world.console.step("nobody reads without a token, and each role what it may"):
        status, _ = world.team.ask("GET", "/v1/conversations", role=None)
        require(status == 401, f"without a token: {status}")
        forged = world.team.tokens["agent"][:-8] + "AAAAAAAA"
        status, _ = world.http.call("GET", world.team.api + "/v1/conversations", None, {"authorization": f"Bearer {forged}"})
        require(status == 401, f"with a forged token: {status}")
        status, _ = world.team.ask("GET", "/v1/dead-letters", role="agent")
        require(status == 403, f"an agent and dead letters: {status}")

    with world.console.step("an answer leaves once, and once more asked for leaves no second time"):
        to = {"phone": "+15550100177"}
        ask = {"from": NUMBER, "to": to, "message": {"type": "text", "text": {"body": ANSWER}}}
        keyed = {"idempotency-key": "rehearsal-answer"}
        status, answer = world.team.ask("POST", "/v1/messages", ask, role="agent", **keyed)
        require(status == 202, (status, answer))
        again, same = world.team.ask("POST", "/v1/messages", ask, role="agent", **keyed)
        require((again, same["id"]) == (202, answer["id"]), (again, same))
        eventually(lambda: world.sends(ANSWER))
        world.await_empty("send.fifo")
        require(len(world.sends(ANSWER)) == 1, world.sends(ANSWER))
        world.answer = answer["id"]

    with world.console.step("its statuses come back, and the message shows that it was read") as tell:
        read = lambda: world.team.read(f"/v1/messages/{world.answer}")
        shown = eventually(lambda: read()["status"] in SEEN and read(), patience=30)
        tell(shown["status"])

    with world.console.step("a request that another service puts on the send queue leaves once"):
        text = "Your invoice is ready."
        world.put_on_send_queue("invoice-1", to, text)
        eventually(lambda: world.sends(text))
        eventually(lambda: [each for each in world.team.said(text) if each["status"] in SEEN], patience=30)
        require(len(world.sends(text)) == 1, world.sends(text))

    with world.console.step("an item too large for a queue passes through the bucket"):
        text = "x" * 90_000
        world.whatsapp.call("/people/amara/messages", {"text": "A long story. " + text})
        eventually(lambda: world.team.said("A long story."), patience=30)
        found = world.aws("s3").list_objects_v2(Bucket=world.stack.outputs["Bucket"], Prefix="large/")
        require(found["KeyCount"] >= 1, "nothing lies in the bucket")

    with world.console.step("records expire by the attribute that their tables name"):
        expire = expiring_rows(world)
        require(expire, "no row has the attribute ttl")

    world.was_refused_nothing("of all this, no role refused anything")


def expiring_rows(world):
    dynamodb = world.aws("dynamodb")
    rows = []
    for table in ("conversations", "journal", "contacts", "directory"):
        name = f"{STAGE}-{table}"
        told = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        require(told["TimeToLiveStatus"] == "ENABLED" and told["AttributeName"] == "ttl", told)
        scanned = dynamodb.scan(TableName=name, FilterExpression="attribute_exists(#t)",
                                ExpressionAttributeNames={"#t": "ttl"})["Items"]
        for row in scanned:
            seconds = row["ttl"].get("N")
            require(seconds and int(seconds) > time.time(), f"{name}: {row['ttl']}")
        rows += scanned
    return rows
