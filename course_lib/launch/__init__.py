"""Guardrails, the ramp and the day-7 drill."""
