"""What staff do with what people told: handling, notes, answers, corrections."""
