"""The load-test harness: makes captures, records them, plays them back, shows them off."""
