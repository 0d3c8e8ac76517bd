"""What a text of advice is, its rules, and the plain words it must be written in; no framework."""
