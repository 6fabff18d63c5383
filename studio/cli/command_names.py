"""The names of the commands, which are known before any of them is imported."""

COMMANDS = {
    "inspect": "commands",
    "compare": "commands",
    "tune": "commands",
    "show": "commands",
    "predict": "commands",
    "retrain": "commands",
    "claims": "commands",
    "trace": "commands",
    "gates": "commands",
    "sample": "commands",
    "export": "commands",
    "report": "commands",
    "device": "commands",
    "worker": "machines",
    "doctor": "commands",
    "cluster": "machines",
    "bench": "commands",
}
"""In the order in which help lists them, with the folder of the module of the same name."""
