"""The method of the Index: pure rules. Data, clock and randomness are arguments."""
