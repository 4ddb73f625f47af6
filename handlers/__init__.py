"""One router a journey; a handler is one service call and one reply."""

from aiogram import Router

from handlers import (
    applications,
    approvals,
    cancelling,
    catalogue,
    circulars,
    completion,
    desk,
    enrolment,
    errors,
    fallback,
    groups,
    management,
    menu,
    preferences,
    privacy,
    profile,
    record_book,
    recovery,
    registration,
    start,
    support,
    tickets,
)


def routers() -> list[Router]:
    """In the order in which they are asked: commands and the menu's labels come before answers to questions,
    and a search is any text that nothing else has taken."""
    return [
        errors.router,
        fallback.guard,
        recovery.old_chat_router,
        menu.guide_router,
        record_book.check_router,
        start.router,
        menu.router,
        profile.menu_router,
        catalogue.router,
        applications.router,
        record_book.router,
        desk.router,
        support.router,
        tickets.router,
        approvals.router,
        groups.router,
        enrolment.router,
        completion.router,
        circulars.router,
        cancelling.router,
        management.router,
        profile.router,
        preferences.router,
        recovery.router,
        privacy.router,
        registration.router,
        catalogue.search_router,
        fallback.router,
    ]
