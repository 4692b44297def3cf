"""ShipStation: shipments, labels and tracking of a warehouse, by its V2 API."""

from datetime import timedelta

from accord.connector_kit.connector import Connector, Need, Setting
from accord.connector_kit.discovery import read_vocabulary
from accord.connectors.shipstation.client import ShipStationClient
from accord.connectors.shipstation.feed import SILENT
from accord.connectors.shipstation.parse import parse
from accord.connectors.shipstation.proof import authentic, kept_topic
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.connectors.shipstation.subscriptions import SUBSCRIBABLE
from accord.domain.accord import Role
from accord.domain.action import Allocate, CancelParcel, Hold, Release
from accord.domain.tracks import Track

CONNECTOR = Connector(
    name="shipstation",
    title="ShipStation",
    role=Role.WAREHOUSE,
    vocabulary=read_vocabulary(__name__),
    owns=frozenset({Track.FULFILLMENT, Track.DELIVERY}),
    mirrors=frozenset(),
    can=frozenset({Allocate, Hold, Release, CancelParcel}),
    settings=(
        Setting(
            name="base_url",
            help="The address of the V2 API.",
            default="https://api.shipstation.com",
        ),
        Setting(
            name="shipped_when",
            help="What counts as shipped: the label bought, or the carrier's first scan.",
            default="label",
            choices=("label", "scan"),
        ),
        Setting(name="api_key", help="A V2 API key of the account.", need=Need.SECRET),
        Setting(
            name="hook_token",
            help="The secret last part of the address given to V1 hooks: …/v1/<token>.",
            need=Need.SECRET,
            default="",  # without it no V1 hook is believed
        ),
        Setting(
            name="jwks",
            help="ShipStation's public keys as JSON, by which V2 hooks are checked.",
            need=Need.SECRET,
            default="",  # without them no V2 hook is believed
        ),
    ),
    parse=parse,
    connect=ShipStationClient,
    simulate=ShipStationSimulator,
    kept_topic=kept_topic,
    topics=SUBSCRIBABLE | {"v1"},
    subscribable=SUBSCRIBABLE,
    silent=SILENT,
    authentic=authentic,
    poll_every=timedelta(minutes=5),
    order_scope="number",
)
