"""Bot walls and consent walls, recognised by the response."""
