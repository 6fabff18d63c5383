"""How values are written in text: numbers, dates, marks of missing values."""
