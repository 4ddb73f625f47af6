"""A course comes into the teacher's own calendar with enrolment, follows every change and goes on the way out."""

from dataclasses import replace

from icalendar import Calendar

from domain.catalogue import Funding
from domain.status import LetterKind, Move
from tests.journeys.town import buttons_of


def event_in(content):
    """The only event of a file, as a calendar program finds it."""
    calendar = Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    return str(calendar["method"]), event


async def test_a_calendar_file_comes_with_enrolment_by_chat_and_by_letter(teacher, city, mail):
    course = await city.course(title="Вулканы, гейзеры; и «кальдеры»", venue="Школьная, 5")
    code = await city.code_of(course)
    application = await city.applies(teacher, course)
    staff = await city.person()
    await city.moves(application, Move.APPROVE, by=staff)
    await teacher.hears("Согласована", code)
    group = await city.group(course, "2", starts_in=33)
    await city.moves(application, Move.ENROL, by=staff, group_id=group)
    push = await teacher.hears("Зачислен", code, "добавить курс в свой календарь")
    assert "Открыть заявку" in buttons_of(push)
    method, event = event_in(teacher.content_of(push))
    assert (method, str(event["summary"])) == ("PUBLISH", f"{code} «Вулканы, гейзеры; и «кальдеры»»")
    letter = await mail.letter_to(f"person{teacher.id}@example.org", "Зачислен", code)
    assert letter.files == {f"{code}.ics": teacher.content_of(push)}
    await teacher.taps("Открыть заявку", on=push)
    await teacher.hears("История", "Зачислен")

    await city.moves(application, Move.UNENROL, by=staff, note="занятия пропущены")
    push = await teacher.hears("Отчислен", code, "убрать курс из своего календаря")
    method, gone = event_in(teacher.content_of(push))
    assert (method, gone["uid"], gone["sequence"]) == ("CANCEL", event["uid"], event["sequence"] + 1)


async def test_another_place_of_a_group_is_told_by_chat_and_by_letter_with_the_same_file(meet, city, mail):
    provider = await city.provider()
    staff = await city.person(staff_of=provider)
    course = await city.course(funding=Funding.PAID, provider_id=provider, venue="Школьная, 5")
    code, group = await city.code_of(course), await city.group(course, "2", starts_in=33)
    reader, other = await meet(await city.person()), await meet(await city.person())
    for phone in (reader, other):
        application = await city.applies(phone, course)
        await city.services.enrolment.enrol(application, 1, group, staff)
        await phone.hears("Зачислен", code)
    await city.put_person(await city.again_of(reader), letters_off=[LetterKind.APPLICATIONS, LetterKind.DECISIONS])
    await city.put_person(await city.again_of(other), letters_off=[LetterKind.STUDY], quiet_from=0, quiet_to=0)
    await city.put_person(await city.again_of(reader), quiet_from=0, quiet_to=0)  # whatever the hour is now
    draft = await city.services.groups.to_change(group, staff)
    await city.services.groups.save(replace(draft, venue="Онлайн"), staff)

    push = await reader.hears("Изменения на вашем курсе", "Место: Школьная, 5 → Онлайн")
    letter = await mail.letter_to(f"person{reader.id}@example.org", "Изменения на вашем курсе", code)
    for part in (letter.text, letter.html):
        assert "Место: Школьная, 5 → Онлайн" in part
        assert "как от неё отказаться" in part
    assert letter.files == {f"{code}.ics": reader.content_of(push)}
    _, event = event_in(letter.files[f"{code}.ics"])
    assert (str(event["location"]), event["sequence"]) == ("Онлайн", 2)
    assert "List-Unsubscribe" in letter.headers

    await other.hears("Изменения на вашем курсе")
    assert not [one for one in mail.to(f"person{other.id}@example.org") if "Изменения" in one.subject]


async def test_a_course_without_days_comes_without_a_file(teacher, city):
    course = await city.course(starts_in=None)
    application = await city.applies(teacher, course)
    staff = await city.person()
    await city.moves(application, Move.APPROVE, by=staff)
    await city.moves(application, Move.ENROL, by=staff, group_id=await city.group(course))
    push = await teacher.hears("Зачислен", await city.code_of(course))
    assert "document" not in push.content
    assert "календар" not in push.text
