"""The processes of a cluster: its scheduler and workers, started here and over ssh."""
