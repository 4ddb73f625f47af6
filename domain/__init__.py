"""The rules of the portal: states, transitions, rights, deadlines, named errors. Standard library only."""
