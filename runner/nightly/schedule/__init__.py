"""Install the night with cron or systemd."""
