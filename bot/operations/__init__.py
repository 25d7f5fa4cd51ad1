"""What keeps a running Lytt well: retention now, more to come."""
