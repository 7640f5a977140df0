"""Who calls the deployed stack: Meta, the people of the team, and us with AWS's own client."""

import hashlib
import hmac
import json
import secrets
import ssl
import urllib.error
import urllib.parse
import urllib.request

import boto3
from botocore.config import Config

from console import Failed
from processes import REGION


class Aws:
    """AWS clients that talk to the emulator, with the credentials of its root or of somebody else."""

    def __init__(self, endpoint, access_key, secret_key, token=None, authority=None):
        self.arguments = {
            "endpoint_url": endpoint,
            "region_name": REGION,
            "aws_access_key_id": access_key,
            "aws_secret_access_key": secret_key,
            "aws_session_token": token,
            "verify": str(authority) if authority else None,
            # A refusal is what we look for: it is not tried again.
            "config": Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=60),
        }
        self.clients = {}

    def __call__(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(service, **self.arguments)
        return self.clients[service]


class Http:
    """Calls over HTTPS, as from outside."""

    def __init__(self, authority):
        context = ssl.create_default_context(cafile=str(authority))
        handlers = urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({})
        self.opener = urllib.request.build_opener(*handlers)

    def call(self, method, url, body=None, headers=None):
        """Gives status and body, whatever the status."""
        request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


class Meta:
    """Meta's side of the webhook, beside what the simulator posts itself."""

    def __init__(self, http, url, secret):
        self.http, self.url, self.secret = http, url, secret

    def challenge(self, word):
        query = {"hub.mode": "subscribe", "hub.verify_token": word, "hub.challenge": "11588"}
        return self.http.call("GET", f"{self.url}?{urllib.parse.urlencode(query)}")

    def post(self, body, secret=None):
        """Posts a body, signed with the app secret or with another one, and gives the status."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        digest = hmac.new((secret or self.secret).encode(), body, hashlib.sha256).hexdigest()
        signed = {"x-hub-signature-256": f"sha256={digest}", "content-type": "application/json"}
        status, _ = self.http.call("POST", self.url, body, signed)
        return status


class Team:
    """People of the team, who sign in at the stack's own user pool and use the API."""

    def __init__(self, http, api, aws, pool, client):
        self.http, self.api, self.aws, self.pool, self.client = http, api, aws, pool, client
        self.tokens = {}

    def sign_in(self, role):
        cognito = self.aws("cognito-idp")
        name, password = f"{role}@example.com", secrets.token_urlsafe(18)
        cognito.admin_create_user(
            UserPoolId=self.pool, Username=name, MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": name}, {"Name": "email_verified", "Value": "true"}])
        cognito.admin_set_user_password(UserPoolId=self.pool, Username=name, Password=password, Permanent=True)
        cognito.admin_add_user_to_group(UserPoolId=self.pool, Username=name, GroupName=role)
        signed_in = cognito.initiate_auth(
            ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password})
        self.tokens[role] = signed_in["AuthenticationResult"]["AccessToken"]

    def ask(self, method, path, body=None, role="admin", **headers):
        """Gives status and JSON. Without a role, without a token."""
        if role:
            headers["authorization"] = f"Bearer {self.tokens[role]}"
        if body is not None:
            body, headers["content-type"] = json.dumps(body).encode(), "application/json"
        status, answer = self.http.call(method, self.api + path, body, headers)
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, answer

    def read(self, path, role="admin"):
        status, answer = self.ask("GET", path, role=role)
        if status != 200:
            raise Failed(f"GET {path} answers {status}: {answer}")
        return answer

    def messages(self):
        """Every message of every conversation."""
        found = []
        for conversation in self.read("/v1/conversations?limit=100")["items"]:
            found += self.read(f"/v1/conversations/{conversation['id']}/messages?limit=100")["items"]
        return found

    def said(self, text):
        """The messages with this text."""
        return [message for message in self.messages() if text in json.dumps(message.get("content"), ensure_ascii=False)]
