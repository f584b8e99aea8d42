"""Lesson 12: what an interview asks for, what a good answer holds, and a bad night that can be played."""
