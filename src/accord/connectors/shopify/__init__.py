"""Shopify: a store by its GraphQL Admin API and its webhooks."""

from accord.connector_kit.connector import Connector, Need, Setting
from accord.connectors.shopify.client import CAN, ShopifyClient
from accord.connectors.shopify.listing import SILENT
from accord.connectors.shopify.parse import TOPICS, parse
from accord.connectors.shopify.signing import authentic, identity
from accord.connectors.shopify.simulator import ShopifySimulator
from accord.connectors.shopify.words import VOCABULARY
from accord.domain.accord import Role
from accord.domain.tracks import Track

CONNECTOR = Connector(
    name="shopify",
    title="Shopify",
    role=Role.STOREFRONT,
    vocabulary=VOCABULARY,
    owns=frozenset(Track),
    mirrors=frozenset({Track.ORDER, Track.FULFILLMENT, Track.DELIVERY}),
    can=CAN,
    settings=(
        Setting(name="shop", help="The store's permanent address, like example.myshopify.com"),
        Setting(name="client_id", help="The app's client id", need=Need.SECRET),
        Setting(
            name="client_secret",
            help="The app's client secret; it also signs the webhooks",
            need=Need.SECRET,
        ),
    ),
    parse=parse,
    connect=ShopifyClient,
    simulate=ShopifySimulator,
    topics=TOPICS,
    subscribable=TOPICS,
    silent=SILENT,
    tells={"feed/order": "orders/updated"},
    authentic=authentic,
    identity=identity,
)
