"""Who plays a transcript: the engine alone, and each channel on a real database."""
