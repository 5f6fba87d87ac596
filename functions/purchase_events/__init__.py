"""What the stores tell takes its effect here, and what was missed is asked for."""
