"""What was published of what people told, so that no later release gives a small group away."""
