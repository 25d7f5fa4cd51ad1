"""Lytt's shell: everything that talks to people, files, networks and clocks."""
