"""NetSuite: the ERP that books orders, fulfillments and returns."""

from datetime import timedelta

from accord.connector_kit.connector import Connector, Need, Setting
from accord.connector_kit.discovery import read_vocabulary
from accord.connectors.netsuite.client import connect
from accord.connectors.netsuite.listing import SILENT
from accord.connectors.netsuite.parse import parse
from accord.connectors.netsuite.simulator import simulate
from accord.domain.accord import Role
from accord.domain.action import (
    AddTracking,
    Advance,
    Amend,
    Approve,
    AuthorizeReturn,
    CancelOrder,
    CloseReturn,
    Ship,
    Withdraw,
)
from accord.domain.tracks import Track

CONNECTOR = Connector(
    name="netsuite",
    title="NetSuite",
    role=Role.ERP,
    vocabulary=read_vocabulary(__name__),
    owns=frozenset({Track.ORDER, Track.FULFILLMENT, Track.RETURN}),
    mirrors=frozenset({Track.ORDER, Track.FULFILLMENT, Track.RETURN}),
    can=frozenset(
        {
            Ship,
            Advance,
            Withdraw,
            AddTracking,
            Approve,
            CancelOrder,
            Amend,
            AuthorizeReturn,
            CloseReturn,
        }
    ),
    settings=(
        Setting(
            name="account",
            help="The account id, as in 1234567 or, for a sandbox, 1234567_SB1.",
        ),
        Setting(
            name="timezone",
            help="The account's time zone by its IANA name, as in America/Los_Angeles.",
        ),
        Setting(
            name="billing_in_advance",
            help="Whether orders are billed before they ship; Billed then does not say shipped.",
            default=False,
            choices=(True, False),
        ),
        Setting(
            name="pick_pack_ship",
            help="Whether the feature Pick, Pack and Ship is on. Without it every item fulfillment "
            "has shipped.",
            default=True,
            choices=(True, False),
        ),
        Setting(
            name="client_id",
            help="The client id of the integration record.",
            need=Need.SECRET,
        ),
        Setting(
            name="certificate_id",
            help="The certificate id of the OAuth 2.0 client credentials mapping.",
            need=Need.SECRET,
        ),
        Setting(
            name="private_key",
            help="The private key of that certificate in PEM form, RSA from 3072 bits or EC.",
            need=Need.SECRET,
        ),
    ),
    parse=parse,
    connect=connect,
    simulate=simulate,
    silent=SILENT,
    poll_every=timedelta(seconds=30),
    # The base tier takes five at once, from all integrations of the account together; a request
    # may run for a quarter of an hour.
    at_once=4,
    gives_up_after=timedelta(minutes=15),
)
