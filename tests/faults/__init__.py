"""What happens when Lytt is killed at the worst moment."""
