"""What is kept: tables, encryption and functions over a connection you are given."""
