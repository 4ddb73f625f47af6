"""One router a journey; a handler is one service call and one reply."""

from aiogram import Router

from handlers import (
    applications,
    approvals,
    catalogue,
    enrolment,
    errors,
    fallback,
    groups,
    menu,
    profile,
    registration,
    start,
)


def routers() -> list[Router]:
    """In the order in which they are asked: commands and the menu's labels come before answers to questions,
    and a search is any text that nothing else has taken."""
    return [
        errors.router,
        fallback.guard,
        menu.guide_router,
        start.router,
        menu.router,
        catalogue.router,
        applications.router,
        approvals.router,
        groups.router,
        enrolment.router,
        profile.router,
        registration.router,
        catalogue.search_router,
        fallback.router,
    ]
