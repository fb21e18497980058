"""PURE: what the linters find and we keep, each with its reason. What is no longer found is an error."""

from collections.abc import Mapping

#: checkov's checks, by id.
CHECKOV: Mapping[str, str] = {
    "CKV_AWS_116": "API Gateway waits for its answer: there are no asynchronous events for a dead-letter queue",
    "CKV_AWS_117": "nothing that the function calls is in a VPC, and one would cost a NAT gateway and start-up time",
    "CKV_AWS_119": "the AWS managed key is audited too; one of our own adds a dollar and a policy to get wrong",
    "CKV_AWS_120": "a cache costs by the hour and would serve one caller's items to another",
    "CKV_AWS_158": "CloudWatch Logs encrypts every group; our lines are redacted, and a key adds a way to lose them",
    "CKV_AWS_173": "Lambda encrypts the variables; they hold digests and names, no secret",
}
#: parliament's findings, by (resource.place, issue).
PARLIAMENT: Mapping[tuple[str, str], str] = {
    (
        "AlarmKey.KeyPolicy",
        "RESOURCE_STAR",
    ): 'in a key\'s own policy "*" is the key (AWS page "Key policies in AWS KMS")',
}
#: cfn-lint's rules on the expanded template.
CFN_LINT: Mapping[str, str] = {
    "W2001": "SAM has put the value of DeploymentPreference where it was used",
    "W3002": "sam deploy uploads the nested template",
}
