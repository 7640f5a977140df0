"""Creates the stack, and closes the gaps of the emulator, each of which it names."""

import json
import time

from console import Failed

STAGE = "rehearsal"


class Stack:
    """The deployed stack."""

    def __init__(self, aws, template, package, parameters):
        self.aws = aws
        self.template = template
        self.package = package
        self.deviations = [f"{kind} was left out: the emulator does not know it" for kind in package.left_out]
        self.parameters = parameters
        self.cloudformation = aws("cloudformation")
        self.cloudformation.create_stack(**self.request())
        self.outputs = self.settle("CREATE_COMPLETE")

    def request(self):
        named = [{"ParameterKey": name, "ParameterValue": value} for name, value in self.parameters.items()]
        return {
            "StackName": STAGE,
            "TemplateBody": json.dumps(self.template),
            "Parameters": named,
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        }

    def update(self, **parameters):
        """Upgrades the stack with other parameters."""
        self.parameters |= parameters
        self.cloudformation.update_stack(**self.request())
        self.outputs = self.settle("UPDATE_COMPLETE")

    def settle(self, wanted, patience=120):
        """Waits until the stack is as wanted, and gives its outputs."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            stack = self.cloudformation.describe_stacks(StackName=STAGE)["Stacks"][0]
            status = stack["StackStatus"]
            if status == wanted:
                return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
            if not status.endswith("IN_PROGRESS") or "ROLLBACK" in status:
                raise Failed(f"the stack is {status}, not {wanted}", *self.reasons(self.cloudformation))
            time.sleep(0.2)
        raise Failed(f"the stack is not {wanted} after {patience} s", *self.reasons(self.cloudformation))

    @staticmethod
    def reasons(cloudformation):
        """Why resources failed, in all stacks, the nested ones too."""
        for stack in cloudformation.describe_stacks()["Stacks"]:
            for event in cloudformation.describe_stack_events(StackName=stack["StackId"])["StackEvents"]:
                if event["ResourceStatus"].endswith("FAILED"):
                    yield f"{event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason')}"

    def resources(self):
        """All resources of all stacks."""
        cloudformation = self.aws("cloudformation")
        for stack in cloudformation.describe_stacks()["Stacks"]:
            yield from cloudformation.describe_stack_resources(StackName=stack["StackId"])["StackResources"]

    def serve_routes(self):
        """HTTP APIs get their routes from an OpenAPI body, as SAM writes it. The emulator ignores that body."""
        gateway = self.aws("apigatewayv2")
        [name] = [name for name, resource in self.template["Resources"].items() if resource["Type"] == "AWS::ApiGatewayV2::Api"]
        body = self.template["Resources"][name]["Properties"]["Body"]
        api = self.outputs["ApiUrl"].split("//")[1].split(".")[0]
        if gateway.get_routes(ApiId=api)["Items"]:
            return api
        authorizers = {}
        for title, scheme in body["components"]["securitySchemes"].items():
            told = scheme["x-amazon-apigateway-authorizer"]
            configuration = self.resolve(told["jwtConfiguration"])
            made = gateway.create_authorizer(
                ApiId=api, Name=title, AuthorizerType="JWT", IdentitySource=[told["identitySource"]],
                JwtConfiguration={"Issuer": configuration["issuer"], "Audience": configuration["audience"]})
            authorizers[title] = made["AuthorizerId"]
        functions = {made["FunctionName"]: made["FunctionArn"] for made in self.aws("lambda").list_functions()["Functions"]}
        count = 0
        for path, methods in body["paths"].items():
            for method, operation in methods.items():
                if method == "options":
                    continue
                says = operation["x-amazon-apigateway-integration"]
                behind = "console" if "ConsoleFunction" in json.dumps(says["uri"]) else "api"
                integration = gateway.create_integration(
                    ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=functions[f"{STAGE}-{behind}"],
                    PayloadFormatVersion=says["payloadFormatVersion"])
                verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                # A route that the function guards itself names none of them.
                guarded = [title for entry in operation.get("security", []) for title in entry if title in authorizers]
                more = {"AuthorizationType": "JWT", "AuthorizerId": authorizers[guarded[0]]} if guarded else {}
                key = "$default" if path == "/$default" else f"{verb} {path}"
                gateway.create_route(
                    ApiId=api, RouteKey=key, Target=f"integrations/{integration['IntegrationId']}", **more)
                count += 1
        self.deviations.append(
            f"{count} route(s) of the HTTP API were made by hand from the template's OpenAPI body: the emulator takes "
            "no Body of AWS::ApiGatewayV2::Api")
        return api

    def resolve(self, value):
        """What an intrinsic of the authorizer's configuration stands for in this stack."""
        if isinstance(value, list):
            return [part for part in map(self.resolve, value) if part is not None]
        if not isinstance(value, dict):
            return value
        if "Fn::If" in value:
            _condition, own_pool, other = value["Fn::If"]
            try:
                return self.resolve(own_pool)
            except LookupError:
                # The output that it names is not there: its condition does not hold.
                return self.resolve(other)
        if value == {"Ref": "AWS::NoValue"}:
            return None
        if "Fn::GetAtt" in value:
            nested, attribute = value["Fn::GetAtt"]
            return self.nested_output(nested, attribute.removeprefix("Outputs."))
        return {name: self.resolve(part) for name, part in value.items()}

    def nested_output(self, logical, output):
        cloudformation = self.aws("cloudformation")
        resource = cloudformation.describe_stack_resource(StackName=STAGE, LogicalResourceId=logical)
        nested = resource["StackResourceDetail"]["PhysicalResourceId"]
        told = cloudformation.describe_stacks(StackName=nested)["Stacks"][0]["Outputs"]
        return {output_of["OutputKey"]: output_of["OutputValue"] for output_of in told}[output]

    def expire_items(self):
        """Items expire as the template says. The emulator ignores what a template says of it."""
        dynamodb = self.aws("dynamodb")
        says = {logical: resource["Properties"].get("TimeToLiveSpecification")
                for template in [self.template, *self.package.templates.values()]
                for logical, resource in template["Resources"].items() if resource["Type"] == "AWS::DynamoDB::Table"}
        late = []
        for resource in list(self.resources()):
            if resource["ResourceType"] != "AWS::DynamoDB::Table":
                continue
            table, specification = resource["PhysicalResourceId"], says[resource["LogicalResourceId"]]
            told = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
            if specification and told["TimeToLiveStatus"] not in ("ENABLED", "ENABLING"):
                late.append(table)
                dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)
        if late:
            self.deviations.append(
                f"TTL was switched on by hand for {len(late)} tables: the emulator ignores TimeToLiveSpecification")

    def allow_batches(self):
        """On AWS the right to send a message is the right to send a batch of them. The emulator asks for a right of
        the batch call's own name, which AWS does not know. Each role gets it where it has the single call."""
        iam = self.aws("iam")
        count = 0
        for resource in list(self.resources()):
            if resource["ResourceType"] != "AWS::IAM::Role":
                continue
            role = resource["PhysicalResourceId"]
            twins = []
            for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
                twins += [twin for statement in document["Statement"] for twin in batch_twin(statement)]
            if twins:
                document = {"Version": "2012-10-17", "Statement": twins}
                iam.put_role_policy(RoleName=role, PolicyName="batches", PolicyDocument=json.dumps(document))
                count += 1
        self.deviations.append(
            f"{count} roles got sqs:SendMessageBatch and the like wherever they have sqs:SendMessage: the emulator "
            "evaluates names of actions that AWS does not have")


def batch_twin(statement):
    """The same statement about the batch calls, if there is one."""
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    single = ("sqs:SendMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")
    twins = [action + "Batch" for action in actions if action in single]
    return [{**statement, "Action": twins}] if twins and statement["Effect"] == "Allow" else []
