"""A handler as the tutorials have it: everything is made at import."""

from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from .models import OTHERS, Answer, Order

logger = Logger()
metrics = Metrics(namespace="usual")
tracer = Tracer()
app = APIGatewayHttpResolver(enable_validation=True)
table = boto3.resource("dynamodb").Table("orders")
persistence = DynamoDBPersistenceLayer(table_name="idempotency")
config = IdempotencyConfig(event_key_jmespath="id")
models = OTHERS


@idempotent_function(  # type: ignore[untyped-decorator]
    data_keyword_argument="order", config=config, persistence_store=persistence
)
def _store(order: Any) -> None:
    table.put_item(Item=order.model_dump(mode="json"))


@app.post("/orders")
@tracer.capture_method
def create(order: Order) -> Answer:
    """Take an order."""
    _store(order=order)
    return Answer(id=order.id, state=order.state, items=[order])


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one event."""
    return app.resolve(event, context)
