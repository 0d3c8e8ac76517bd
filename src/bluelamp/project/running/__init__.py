"""Running the program: the supervisor, health, metrics, the line of each request, the doctor."""
