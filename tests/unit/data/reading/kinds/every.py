"""All kinds of tables that are tried."""

from unit.data.reading.kinds import bodies, energy, machines, markets, shops, weather, writing

KINDS = [
    kind
    for module in (energy, weather, markets, shops, bodies, machines, writing)
    for kind in module.KINDS
]
