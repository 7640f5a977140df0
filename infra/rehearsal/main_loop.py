"""A customer writes, an agent answers, the statuses come back: through the deployed stack."""

import json
import time

from console import eventually, require
from stack import STAGE

NUMBER = "900000000000201"
QUESTION = "Is the kettle back?"
ANSWER = "Yes, since today."


def rehearse(it):
    it.console.heading("the main loop")
    with it.console.step("Meta's challenge is answered, and only with our word"):
        status, body = it.meta.challenge(it.secrets["META_VERIFY_TOKEN"])
        require((status, body) == (200, b"11588"), (status, body), *it.where_to_look("webhook"))
        status, _ = it.meta.challenge("another word")
        require(status == 403, status)

    with it.console.step("a webhook that Meta did not sign is refused"):
        require(it.meta.post({"entry": []}, secret="somebody else's") == 401, "it was not answered with 401")
        status, _ = it.http.call("POST", it.meta.url, b"{}")
        require(status == 401, f"without a signature: {status}")

    with it.console.step("what a customer writes is in the tables and in the API") as tell:
        it.whatsapp.call("/people/amara/messages", {"text": QUESTION})
        begun = time.monotonic()
        [message] = eventually(lambda: it.team.said(QUESTION), patience=30)
        tell(f"{time.monotonic() - begun:.1f} s after she wrote")
        rows = {name: it.count(name) for name in ("contacts", "conversations")}
        # Person, her identities; state, message.
        require(rows["contacts"] >= 2 and rows["conversations"] == 2, rows)
        require(message["direction"] == "inbound", message)

    with it.console.step("the same webhook twice more is shown once"):
        [body] = [post["body"] for post in it.whatsapp.call("/webhooks?field=messages") if QUESTION in json.dumps(post)]
        require([it.meta.post(body), it.meta.post(body)] == [200, 200], "a repeat was not answered with 200")
        it.await_empty("inbound")
        require(len(it.team.said(QUESTION)) == 1, it.team.said(QUESTION))
        require(it.count("conversations") == 2, f"{it.count('conversations')} rows in conversations")

    with it.console.step("nobody reads without a token, and each role what it may"):
        status, _ = it.team.ask("GET", "/v1/conversations", role=None)
        require(status == 401, f"without a token: {status}")
        forged = it.team.tokens["agent"][:-8] + "AAAAAAAA"
        status, _ = it.http.call("GET", it.team.api + "/v1/conversations", None, {"authorization": f"Bearer {forged}"})
        require(status == 401, f"with a forged token: {status}")
        status, _ = it.team.ask("GET", "/v1/dead-letters", role="agent")
        require(status == 403, f"an agent and dead letters: {status}")

    with it.console.step("an answer leaves once, and once more asked for leaves no second time"):
        to = {"phone": "+15550100177"}
        ask = {"from": NUMBER, "to": to, "message": {"type": "text", "text": {"body": ANSWER}}}
        keyed = {"idempotency-key": "rehearsal-answer"}
        status, answer = it.team.ask("POST", "/v1/messages", ask, role="agent", **keyed)
        require(status == 202, (status, answer), *it.where_to_look("api"))
        again, same = it.team.ask("POST", "/v1/messages", ask, role="agent", **keyed)
        require((again, same["id"]) == (202, answer["id"]), (again, same))
        eventually(lambda: it.sends(ANSWER))
        it.await_empty("send.fifo")
        require(len(it.sends(ANSWER)) == 1, it.sends(ANSWER))
        it.answer = answer["id"]

    with it.console.step("its statuses come back, and the message shows that it was read") as tell:
        read = lambda: it.team.read(f"/v1/messages/{it.answer}")
        shown = eventually(lambda: read()["status"] in ("delivered", "read") and read(), patience=30)
        tell(shown["status"])

    with it.console.step("a request that another service puts on the send queue leaves once"):
        text = "Your invoice is ready."
        it.put_on_send_queue("invoice-1", to, text)
        eventually(lambda: it.sends(text))
        eventually(lambda: [it_ for it_ in it.team.said(text) if it_["status"] in ("delivered", "read")], patience=30)
        require(len(it.sends(text)) == 1, it.sends(text))

    with it.console.step("an item too large for a queue passes through the bucket"):
        text = "x" * 90_000
        it.whatsapp.call("/people/amara/messages", {"text": "A long story. " + text})
        eventually(lambda: it.team.said("A long story."), patience=30)
        found = it.aws("s3").list_objects_v2(Bucket=it.stack.outputs["Bucket"], Prefix="large/")
        require(found["KeyCount"] >= 1, "nothing lies in the bucket")

    with it.console.step("records expire by the attribute that their tables name"):
        expire = expiring_rows(it)
        require(expire, "no row has the attribute ttl")


def expiring_rows(it):
    dynamodb = it.aws("dynamodb")
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
