"""Addresses, hours, neutral words, waiting times and server addresses; no framework, no network."""
