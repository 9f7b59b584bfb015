"""Write reports of sweeps: a page, charts, a table and a description."""
