"""SNS on a laptop: topics, subscriptions, messages. The door."""

from local.sns.service import SCHEMA, Sns

__all__ = ["SCHEMA", "Sns"]
