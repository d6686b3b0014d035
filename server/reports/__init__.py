"""Documents on paper and in tables: PDF, spreadsheets, and the evidence pack."""
