"""The ways a person reaches Lytt; each hands in what they did and shows what is answered."""
