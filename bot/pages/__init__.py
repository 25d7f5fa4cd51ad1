"""What all web pages share: their shield, their templates, their look, and who may ask how often."""
