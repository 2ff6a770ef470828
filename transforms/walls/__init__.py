"""Bot walls and consent walls, told by what was answered."""
