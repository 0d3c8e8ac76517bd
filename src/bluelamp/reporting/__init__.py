"""Reports of citizens: the questions, the way through them, the body a report goes to, its reference."""
