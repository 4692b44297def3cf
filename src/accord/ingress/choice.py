"""Which broker an address means."""

from importlib.util import find_spec

from accord.ingress.broker import Reader, Sender, Tell, UnusableBrokerError
from accord.ingress.rabbitmq import RabbitMQ, RabbitReader, RabbitSender

_RABBITMQ = ("amqp://", "amqps://")
_SQS = ("sqs://", "sqs+http://")


def sender(address: str, tell: Tell) -> Sender:
    """Return the receivers' side of the broker at ``address``."""
    if _is_sqs(address):
        from accord.ingress.sqs import Sqs, SqsSender  # noqa: PLC0415 - only with its extra

        return SqsSender(Sqs(address), tell)
    return RabbitSender(_rabbitmq(address), tell)


def reader(address: str, tell: Tell) -> Reader:
    """Return the workers' side of the broker at ``address``."""
    if _is_sqs(address):
        from accord.ingress.sqs import Sqs, SqsReader  # noqa: PLC0415 - the same

        return SqsReader(Sqs(address), tell)
    return RabbitReader(_rabbitmq(address), tell)


def _is_sqs(address: str) -> bool:
    if not address.startswith(_SQS):
        return False
    if find_spec("aiobotocore") is None:
        message = "The client of SQS is not installed: pip install 'accord-orders[sqs]'."
        raise UnusableBrokerError(message)
    return True


def _rabbitmq(address: str) -> RabbitMQ:
    if not address.startswith(_RABBITMQ):
        raise _no_broker()
    try:
        return RabbitMQ(address)
    except ValueError as error:
        raise _no_broker() from error


def _no_broker() -> UnusableBrokerError:
    message = (
        "ACCORD_BROKER_URL names no broker. It looks like amqp://user:password@host/vhost, or "
        "sqs://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE."
    )
    return UnusableBrokerError(message)
