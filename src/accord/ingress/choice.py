"""Which broker an address means."""

from accord.ingress.broker import Reader, Sender, Tell, UnusableBrokerError
from accord.ingress.rabbitmq import RabbitMQ, RabbitReader, RabbitSender


def sender(address: str, tell: Tell) -> Sender:
    """Return the receivers' side of the broker at ``address``."""
    return RabbitSender(_rabbitmq(address), tell)


def reader(address: str, tell: Tell) -> Reader:
    """Return the workers' side of the broker at ``address``."""
    return RabbitReader(_rabbitmq(address), tell)


def _rabbitmq(address: str) -> RabbitMQ:
    if not address.startswith(("amqp://", "amqps://")):
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
