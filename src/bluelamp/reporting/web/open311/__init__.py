"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2). Every service is `blackbox`: what was sent is never shown."""
