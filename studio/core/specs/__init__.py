"""Settings as frozen specs: one definition for forms, options, experiment files and sessions."""
