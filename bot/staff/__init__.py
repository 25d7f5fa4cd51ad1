"""The pages of staff: every one of them passes `access`, the only door to anything of a person.

A page is added in three steps:

1. A module here with `routes = APIRouter(prefix="/ansatt")`. A route says who may ask by the type of its
   first parameter, and nothing else lets anybody in:

       @routes.get("/ko")
       async def queue(visit: Reviewing) -> Response:
           async with visit.acting() as db:
               await access.note(db, visit, Deed("list", "queue"))
               return visit.show("queue.html", rows=...)

   `Reviewing`, `Coordinating`, `Counting`, `Administering` and `Working` (anybody signed in) stand in
   `access`. A form that is sent has been held against its token before the route is called: put
   `{{ form_token() }}` in each form of a template, and read the fields with `visit.field("name")`.
2. Its router in `ROUTERS` in `routes.py`, and its place in the menu there.
3. Its template in `templates/`, which begins with `{% extends "staff.html" %}`.

What is of one person is reached by `access.conversation` and `access.flag`: they refuse what belongs to
another municipality and whoever knows the person, write the line in the log, and only then may the row be
read. Words are bokmål in
`_()` or `N_()`, and go to the catalogue `staff` by `make messages`.
"""
