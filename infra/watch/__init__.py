"""What is watched, and who is woken: alarms with an entry each in docs/runbook.md, a dashboard."""
