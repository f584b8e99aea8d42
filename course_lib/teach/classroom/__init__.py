"""A class: read everybody's notebooks, run the answers confined, write one page; agendas for the instructor."""
