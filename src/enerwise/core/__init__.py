"""The words everybody speaks: units, time, columns, outlooks, intents, events. Needs numpy only."""
