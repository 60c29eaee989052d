"""Figures of the office: kept up to date as acts happen, each opening the list behind it."""
