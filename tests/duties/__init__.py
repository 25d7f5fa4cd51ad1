"""What law and child safety ask of Lytt, and the test that holds each of it."""
