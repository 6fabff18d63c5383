"""Tables: dialect, columns and their roles, and which kind of dataset a table holds."""
