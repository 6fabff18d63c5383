"""Export to C99 for microcontrollers."""
