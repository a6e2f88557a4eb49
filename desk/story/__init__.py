"""The main job played without a screen on the real processes: ``python -m desk.story``. Acts go through pages and vendors only."""
