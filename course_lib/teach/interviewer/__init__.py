"""An interviewer that answers back: reads what is said, holds it against the brief, asks about what is missing."""
