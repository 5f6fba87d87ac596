"""DynamoDB for tests of money: on a dict, emulated, or DynamoDB Local, with faults on the way."""
