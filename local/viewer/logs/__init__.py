"""The viewer's logs: live tail and Logs Insights: the door."""
