"""What people read: plain functions from a view to a formatted text."""
