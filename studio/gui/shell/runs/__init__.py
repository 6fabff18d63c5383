"""How runs are trained, chosen beside Train."""
