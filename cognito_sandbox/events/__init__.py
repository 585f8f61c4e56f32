"""Who invokes functions beside Cognito: queues, streams, topics, buckets, rules and HTTP."""
