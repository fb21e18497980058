"""PURE: the names that OpenTelemetry gives to attributes, and where they go in an X-Ray document.

Source: the AWS X-Ray exporter of the OpenTelemetry Collector (its README and behaviour) and OpenTelemetry's semantic
conventions. Of HTTP's attributes both names, those before version 1.23 of its conventions and those since; of
databases the exporter knows the older names only.
"""

SERVER, CLIENT, PRODUCER, CONSUMER, INTERNAL = 2, 3, 4, 5, 1  # span kinds

METHOD = ("http.method", "http.request.method")
STATUS = ("http.status_code", "http.response.status_code")
USER_AGENT = ("http.user_agent", "user_agent.original")
CLIENT_IP = ("http.client_ip", "client.address")
PEER_IP = ("net.peer.ip", "net.sock.peer.addr", "network.peer.address")
URL = ("http.url", "url.full")
SCHEME = ("http.scheme", "url.scheme")
TARGET = ("http.target",)
PATH, QUERY = ("url.path",), ("url.query",)
HOST = ("http.host",)
SERVER_HOST = ("http.server_name", "net.host.name", "server.address", "host.name")
SERVER_PORT = ("net.host.port", "server.port")
CLIENT_HOST = ("net.peer.name", "server.address", *PEER_IP)
CLIENT_PORT = ("net.peer.port", "server.port")
#: An attribute of these makes a span one of HTTP ...
IS_HTTP = (*METHOD, *STATUS, *USER_AGENT, *CLIENT_IP, *URL, *SCHEME, *HOST, *TARGET, *PATH, "http.server_name")
#: ... of these a URL can be put together, ...
HAS_URL = (*URL, *HOST, *SERVER_HOST, *PEER_IP)
#: ... and these are said in the http block, so not again in the metadata.
HTTP = frozenset({*IS_HTTP, *QUERY, *HAS_URL, *SERVER_PORT, *CLIENT_HOST, *CLIENT_PORT})

OPERATION = ("aws.operation", "rpc.method")
REQUEST_ID = ("aws.request_id", "aws.requestId")
QUEUE_URL = ("messaging.url", "aws.queue_url", "aws.queue.url")
TABLE_NAME = ("aws.table_name", "aws.table.name")
TABLE_NAMES = "aws.dynamodb.table_names"
ACCOUNT, REGION = ("aws.account_id",), ("aws.region",)
AWS = frozenset({*OPERATION, *REQUEST_ID, "aws.queue_url", "aws.queue.url", *TABLE_NAME, *ACCOUNT, *REGION})

DATABASES = frozenset(
    {
        "db2",
        "derby",
        "hive",
        "mariadb",
        "mssql",
        "mysql",
        "oracle",
        "postgresql",
        "sqlite",
        "teradata",
        "other_sql",
    }
)
CONNECTION = "db.connection_string"
SYSTEM = ("db.system",)
INSTANCE = ("db.name",)
STATEMENT = ("db.statement",)
DATABASE_USER = ("db.user",)
SQL = frozenset({CONNECTION, *SYSTEM, *INSTANCE, *STATEMENT, *DATABASE_USER})

ANNOTATIONS = "aws.xray.annotations"
METADATA = "aws.xray.metadata."
LOCAL_SERVICE, REMOTE_SERVICE = "aws.local.service", "aws.remote.service"
SPAN_KIND, LOCAL_ROOT = "aws.span.kind", "LOCAL_ROOT"
#: What is the called service's, and has no place in the segment of the one that calls.
OF_THE_CALLED = frozenset({REMOTE_SERVICE, "aws.remote.operation", "remoteTarget", "K8s.RemoteNamespace"})
USER = "enduser.id"

ORIGINS = {
    "aws_ec2": "AWS::EC2::Instance",
    "aws_ecs": "AWS::ECS::Container",
    "aws_elastic_beanstalk": "AWS::ElasticBeanstalk::Environment",
    "aws_eks": "AWS::EKS::Container",
    "aws_app_runner": "AWS::AppRunner::Service",
}
ECS_ORIGINS = {"ec2": "AWS::ECS::EC2", "fargate": "AWS::ECS::Fargate"}
