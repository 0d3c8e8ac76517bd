"""Programs of other organisations that may use our APIs: their keys, what they may do, how often."""
