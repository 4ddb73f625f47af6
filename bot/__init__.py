"""The application: settings, command line, start-up, intake, FSM storage, sender, clock ticks."""
