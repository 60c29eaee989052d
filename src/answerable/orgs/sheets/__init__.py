"""The whole organisation as one workbook, or as one CSV a table: out, and in again without half measures."""
