"""Stop this process, run others in isolation, name processes and capture what they print."""
