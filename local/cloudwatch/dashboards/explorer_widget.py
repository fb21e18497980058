"""PURE: the properties of a metrics explorer widget (Dashboard Body Structure and Syntax)."""

from collections.abc import Iterator
from typing import Any

from local.cloudwatch.dashboards.checks import Described, Message, array, boolean, integer, mapping, members_of, string
from local.cloudwatch.dashboards.values import legend, period, statistic

# "Valid resourceType Values for a Metric Explorer Widget Object", without their "AWS::".
_RESOURCES = """
AmazonMQ::Broker ApiGateway::RestApi AppStream::Fleet AppSync::GraphQLApi CloudFront::Distribution CodeBuild::Project
Datasync::Agent Datasync::Task DMS::ReplicationInstance DynamoDB::Table EC2::CapacityReservation EC2::Instance
EC2::NatGateway EC2::TransitGateway EC2::Volume EC2::VPNConnection ECS::Cluster EFS::FileSystem
ElastiCache::CacheCluster ElastiCache::ReplicationGroup ElasticBeanstalk::Environment
ElasticLoadBalancing::LoadBalancer ElasticLoadBalancingV2::LoadBalancer/ApplicationELB
ElasticLoadBalancingV2::LoadBalancer/GatewayELB ElasticLoadBalancingV2::LoadBalancer/NetworkELB
ElasticLoadBalancingV2::TargetGroup EMR::Cluster Events::Rule FSx::FileSystem GameLift::Fleet
GlobalAccelerator::Accelerator IoT::TopicRule IoT1Click::Device IoTAnalytics::Channel IoTAnalytics::Dataset
IoTAnalytics::Datastore IoTAnalytics::Pipeline Kafka::Cluster Kinesis::Stream KinesisAnalytics::Application
KinesisFirehose::DeliveryStream KinesisVideo::Stream KMS::Key Lambda::Function Logs::LogGroup MediaPackage::Channel
MediaStore::Container OpsWorks::Instance OpsWorks::Layer OpsWorks::Stack QLDB::Ledger RDS::DBInstance
Redshift::Cluster RoboMaker::SimulationJob Route53::HealthCheck Route53Resolver::ResolverEndpoint S3::Bucket
SageMaker::Endpoint ServiceCatalog::CloudFormationProduct SES::ConfigurationSet SNS::Topic SQS::Queue
StepFunctions::Activity StepFunctions::StateMachine StorageGateway::Gateway Synthetics::Canary Transfer::Server
WorkMail::Organization WorkSpaces::Workspace
"""
RESOURCE_TYPES = frozenset(f"AWS::{resource}" for resource in _RESOURCES.split())


def _resource_type(value: Any, path: str) -> Iterator[Message]:
    if not isinstance(value, str) or value not in RESOURCE_TYPES:
        yield Message(path, "Should be equal to one of the allowed values: a resourceType of the metrics explorer")


_metric = mapping(
    {"metricName": string(), "resourceType": _resource_type, "stat": statistic},
    required=("metricName", "resourceType"),
)
_options = mapping(
    {
        "legend": legend,
        "rowsPerPage": integer(least=1),
        "stacked": boolean,
        "view": string(choices=("timeSeries", "bar", "pie")),
        "widgetsPerRow": integer(least=1),
    }
)
_properties = mapping(
    {
        "aggregateBy": mapping(
            {"key": string(), "func": string(choices=("AVG", "MIN", "MAX", "STDDEV", "SUM"))},
            required=("key", "func"),
        ),
        "labels": array(mapping({"key": string(), "value": string()}, required=("key",))),
        "metrics": array(_metric, least=1, most=100),
        "period": period,
        "splitBy": string(),
        "title": string(),
        "widgetOptions": _options,
    },
    required=("labels", "metrics"),
)


def _checked(value: Any, path: str) -> Iterator[Message]:
    yield from _properties(value, path)
    metrics = value.get("metrics") if isinstance(value, dict) else None
    types = (
        [metric.get("resourceType") for metric in metrics if isinstance(metric, dict)]
        if isinstance(metrics, list)
        else []
    )
    if any(kind != types[0] for kind in types):
        yield Message(f"{path}/metrics", "Should have the same resourceType in all metrics")


explorer_properties = Described(_checked, members_of(_properties))
