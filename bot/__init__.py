"""The application: settings, command line, start-up, middlewares, intake, FSM storage, sender, clock ticks."""
