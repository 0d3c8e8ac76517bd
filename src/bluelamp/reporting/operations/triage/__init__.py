"""What officers do with reports. Each operation asks for permission in the report's scope and is written down."""
