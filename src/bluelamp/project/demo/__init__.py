"""The demonstration: an invented cast and what lies on its desks. All of origin `test`; only under `make demo`."""
