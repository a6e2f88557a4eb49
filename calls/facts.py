def register() -> None:
    """Placeholder while the ground is laid."""
