"""Fetching: files brought in from addresses on the network, safely, restartably and politely."""
