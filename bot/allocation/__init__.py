"""How needs become money: calls, applications and rules as values; no file, no clock, no network."""
