"""Does what `sam package` and CloudFormation's SAM transform do: uploads binaries and nested templates, and gives
the template that CloudFormation sees. Nothing in a template is changed but `CodeUri` and `TemplateURL`, and, in nested
templates, how the ARN of a role is written (see `spelled_out`) and what the emulator does not know (see `known`)."""

import hashlib
import io
import json
import os
import zipfile

from samtranslator.sdk.resource import SamResourceType
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from console import Failed
from processes import REGION

BUCKET = "rehearsal-artifacts"
# What the emulator cannot make, and the members of other resources that name it.
UNKNOWN = {
    "AWS::ApiGatewayV2::Deployment": "DeploymentId",
}
# The translator asks which partition it writes ARNs for.
os.environ["AWS_DEFAULT_REGION"] = REGION


class Package:
    """Uploads what a template points to."""

    def __init__(self, s3, binaries, infra):
        self.s3, self.binaries, self.infra = s3, binaries, infra
        self.uploaded = {}
        self.sizes = {}
        self.templates = {}
        self.left_out = []
        s3.create_bucket(Bucket=BUCKET)

    def template(self, name):
        """A template as CloudFormation sees it, ready to be uploaded."""
        template = yaml_parse((self.infra / name).read_text())
        for resource in template["Resources"].values():
            properties = resource.get("Properties", {})
            if resource["Type"] == SamResourceType.Function.value:
                properties["CodeUri"] = self.code(resource)
            elif resource["Type"] == "AWS::CloudFormation::Stack":
                nested = properties["TemplateURL"]
                self.templates[nested] = self.known(spelled_out(self.template(nested)))
                body = json.dumps(self.templates[nested]).encode()
                key = self.upload(nested.rsplit(".", 1)[0], ".template", body)
                properties["TemplateURL"] = f"https://s3.{REGION}.amazonaws.com/{BUCKET}/{key}"
        if "Transform" in template:
            template = transform(template, {}, ManagedPolicies())
        return template

    def known(self, template):
        """The same template without what the emulator cannot make: the rest of the stack is rehearsed all the same."""
        missing = {name: each["Type"] for name, each in template["Resources"].items() if each["Type"] in UNKNOWN}
        for name, kind in missing.items():
            del template["Resources"][name]
            self.left_out.append(kind)
            for each in template["Resources"].values():
                each.get("Properties", {}).pop(UNKNOWN[kind], None)
        return template

    def code(self, function):
        """Zips and uploads a function's binary, as `cargo lambda build` leaves it."""
        name = function["Metadata"]["BuildProperties"]["Binary"]
        bootstrap = self.binaries / name / "bootstrap"
        if not bootstrap.is_file():
            raise Failed(f"the binary {bootstrap} is missing")
        if name not in self.uploaded:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                entry = zipfile.ZipInfo("bootstrap", (2026, 1, 1, 0, 0, 0))
                entry.external_attr = 0o755 << 16
                archive.writestr(entry, bootstrap.read_bytes(), zipfile.ZIP_DEFLATED)
            self.sizes[name] = packed.tell()
            self.uploaded[name] = self.upload(name, ".zip", packed.getvalue())
        return f"s3://{BUCKET}/{self.uploaded[name]}"

    def upload(self, stem, suffix, body):
        key = f"{stem}-{hashlib.sha256(body).hexdigest()[:16]}{suffix}"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return key


def spelled_out(template):
    """The same template with the ARNs of its roles made of their names, and those of queues beside their function. The
    emulator forgets the attributes of what it does not change when the stack that nests it is updated."""
    roles = {name for name, each in template["Resources"].items() if each["Type"] == "AWS::IAM::Role"}

    kinds = {each["Type"] for each in template["Resources"].values()}
    beside = not kinds.isdisjoint({"AWS::Lambda::Function", SamResourceType.Function.value})
    queues = {name for name, each in template["Resources"].items() if beside and each["Type"] == "AWS::SQS::Queue"}

    def replaced(node):
        if isinstance(node, list):
            return [replaced(each) for each in node]
        if not isinstance(node, dict):
            return node
        asked = node.get("Fn::GetAtt")
        if isinstance(asked, str):
            asked = asked.split(".")
        if len(node) == 1 and asked and asked[0] in roles and asked[1:] == ["Arn"]:
            return {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/${{{asked[0]}}}"}
        if len(node) == 1 and asked and asked[0] in queues and asked[1:] == ["Arn"]:
            last = {"Fn::Select": [4, {"Fn::Split": ["/", {"Ref": asked[0]}]}]}
            return {"Fn::Sub": ["arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Name}", {"Name": last}]}
        return {name: replaced(each) for name, each in node.items()}

    return replaced(template)


class ManagedPolicies:
    """The managed policies that SAM attaches by itself."""

    def load(self):
        service_role = "arn:aws:iam::aws:policy/service-role/"
        return {"AWSLambdaBasicExecutionRole": service_role + "AWSLambdaBasicExecutionRole"}
