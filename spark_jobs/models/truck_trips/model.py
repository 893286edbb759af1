"""`lake model truck-trips` as shown on the command line."""

from __future__ import annotations

from spark_jobs.models.frame import Model, Option
from spark_jobs.models.truck_trips import columns, settings

TRUCK_TRIPS = Model(
    name="truck-trips",
    modules=(141,),
    title="Trips, stops, purposes, home base, routes and OD of trucks from positions",
    title_zh="重货车辆出行特征识别",
    compute="spark_jobs.models.truck_trips.run:compute",
    inputs=columns.INPUTS,
    outputs=columns.OUTPUTS,
    point_outputs=columns.POINT_OUTPUTS,
    options=(
        Option("points", "flag", "one row per input row, in the same order", default=False),
        Option(
            "coordinates", "text", "system of latitude and longitude; auto tells it from --network or --places",
            default="wgs84", choices=columns.SYSTEMS,
        ),
        Option("places", "file", "known places in WGS-84, with their kind", columns=columns.PLACES),
        Option("network", "file", "points along roads in WGS-84", columns=columns.NETWORK),
        Option("resolution", "integer", "H3 resolution of the cells", default=8, low=0, high=15),
    ),
    settings=settings.ALL,
    sources=(
        "GCJ-02 and BD-09: the algorithm as published (googollee/eviltransform, wandergis/coordtransform)",
        "H3 (Uber): cells; DBSCAN (scikit-learn): places; Rabiner 1989: hidden Markov chain, forward and backward",
        "purposes.yaml: expert values of this platform, unverified",
    ),
    notes=("A silence without displacement is a stop; with displacement it is part of a trip, shown as max_gap_min.",
           "Places known by kind (--places) make purposes much surer."),
    card="truck-trips.md",
)  # fmt: skip

MODELS = (TRUCK_TRIPS,)
