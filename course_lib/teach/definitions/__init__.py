"""What an exercise, a claim and a question are; nothing here looks one up, checks or shows it."""
