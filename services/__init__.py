"""Use cases: one method, one transaction, a frozen view. They know no Telegram."""
