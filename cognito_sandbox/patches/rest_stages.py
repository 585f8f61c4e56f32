"""AWS::ApiGateway::Deployment, Stage and Authorizer."""

from cognito_sandbox.patches.rest_resource import RestResource, checked


class Deployment(RestResource):
    kind, attributes = "Deployment", ("DeploymentId",)

    def make(self) -> str:
        given = checked("CreateDeployment", self.properties)
        made = self.backend.create_deployment(
            given["restApiId"], given.get("stageName"), given.get("description", "")
        )
        return str(made.id)

    def change(self) -> None:
        given = checked("CreateDeployment", self.properties)
        self.api.deployments[self.physical_resource_id].description = given.get("description", "")

    def remove(self) -> None:
        api, own = self.api, self.physical_resource_id
        api.deployments.pop(own, None)
        for name in [name for name, each in api.stages.items() if each.deployment_id == own]:
            del api.stages[name]


class Stage(RestResource):
    kind, fixed = "Stage", ("RestApiId", "StageName")

    def make(self) -> str:
        given = checked("CreateStage", self.properties)
        self.backend.create_stage(
            given["restApiId"],
            given["stageName"],
            given["deploymentId"],
            given.get("variables"),
            given.get("description", ""),
            tags=given.get("tags"),
        )
        return str(given["stageName"])

    def change(self) -> None:
        given = checked("CreateStage", self.properties)
        stage = self.api.stages[self.physical_resource_id]
        stage.deployment_id, stage.tags = given["deploymentId"], given.get("tags")
        stage.variables = given.get("variables") or {}
        stage.description = given.get("description", "")

    def remove(self) -> None:
        self.api.stages.pop(self.physical_resource_id, None)


class Authorizer(RestResource):
    kind, attributes = "Authorizer", ("AuthorizerId",)

    def make(self) -> str:
        given = checked("CreateAuthorizer", self.properties)
        made = self.backend.create_authorizer(
            given["restApiId"],
            given["name"],
            given["type"],
            provider_arns=given["providerARNs"],
            identity_source=given.get("identitySource"),
            authorizer_result_ttl=300,
        )
        return str(made.id)

    def change(self) -> None:
        given = checked("CreateAuthorizer", self.properties)
        authorizer = self.api.authorizers[self.physical_resource_id]
        authorizer.name, authorizer.provider_arns = given["name"], given["providerARNs"]
        authorizer.identity_source = given.get("identitySource")

    def remove(self) -> None:
        self.api.authorizers.pop(self.physical_resource_id, None)
