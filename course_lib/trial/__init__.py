"""`course try my.csv`: read anyone's table, say what it holds, let peers and systems compete on it, show who won."""
