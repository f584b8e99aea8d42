"""The interview: what an interview asks for, what a good answer holds, and a bad night that can be played."""
