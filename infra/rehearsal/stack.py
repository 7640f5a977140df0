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
        self.deviations = []
        cloudformation = aws("cloudformation")
        cloudformation.create_stack(
            StackName=STAGE,
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        self.await_creation(cloudformation)
        described = cloudformation.describe_stacks(StackName=STAGE)["Stacks"][0]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}

    def await_creation(self, cloudformation, patience=120):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            status = cloudformation.describe_stacks(StackName=STAGE)["Stacks"][0]["StackStatus"]
            if status == "CREATE_COMPLETE":
                return
            if not status.endswith("IN_PROGRESS") or status.startswith("ROLLBACK"):
                raise Failed(f"the stack is {status}", *self.reasons(cloudformation))
            time.sleep(0.2)
        raise Failed(f"the stack is not there after {patience} s", *self.reasons(cloudformation))

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
        [name] = [name for name, it in self.template["Resources"].items() if it["Type"] == "AWS::ApiGatewayV2::Api"]
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
        functions = {it["FunctionName"]: it["FunctionArn"] for it in self.aws("lambda").list_functions()["Functions"]}
        count = 0
        for path, methods in body["paths"].items():
            for method, operation in methods.items():
                if method == "options":
                    continue
                integration = gateway.create_integration(
                    ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=functions[f"{STAGE}-api"],
                    PayloadFormatVersion=operation["x-amazon-apigateway-integration"]["payloadFormatVersion"])
                verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                guarded = [title for entry in operation.get("security", []) for title in entry]
                more = {"AuthorizationType": "JWT", "AuthorizerId": authorizers[guarded[0]]} if guarded else {}
                gateway.create_route(
                    ApiId=api, RouteKey=f"{verb} {path}", Target=f"integrations/{integration['IntegrationId']}", **more)
                count += 1
        self.deviations.append(
            f"{count} route(s) of the HTTP API were made by hand from the template's OpenAPI body: the emulator takes "
            "no Body of AWS::ApiGatewayV2::Api")
        return api

    def resolve(self, value):
        """What an intrinsic of the authorizer's configuration stands for in this stack."""
        if isinstance(value, list):
            return [self.resolve(it) for it in value]
        if not isinstance(value, dict):
            return value
        if "Fn::If" in value:
            _condition, own_pool, _other = value["Fn::If"]
            return self.resolve(own_pool)
        if "Fn::GetAtt" in value:
            nested, attribute = value["Fn::GetAtt"]
            return self.nested_output(nested, attribute.removeprefix("Outputs."))
        return {name: self.resolve(it) for name, it in value.items()}

    def nested_output(self, logical, output):
        cloudformation = self.aws("cloudformation")
        resource = cloudformation.describe_stack_resource(StackName=STAGE, LogicalResourceId=logical)
        nested = resource["StackResourceDetail"]["PhysicalResourceId"]
        told = cloudformation.describe_stacks(StackName=nested)["Stacks"][0]["Outputs"]
        return next(it["OutputValue"] for it in told if it["OutputKey"] == output)

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
