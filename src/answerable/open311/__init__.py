"""GeoReport v2 over the same services as every other way in."""
