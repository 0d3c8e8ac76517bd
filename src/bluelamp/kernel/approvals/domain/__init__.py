"""The rule of approval and the hash that names one exact version; no framework."""
