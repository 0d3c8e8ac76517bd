"""Rules of fetching: which addresses may be asked, what an answer may cost, when to try again."""
