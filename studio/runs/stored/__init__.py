"""Models, data and gates from a session."""
