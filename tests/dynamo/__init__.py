"""DynamoDB for tests of money: on a dict or on DynamoDB Local, with faults on the way."""
