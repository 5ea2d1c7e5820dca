"""Every address of the site, feature by feature, in the order of an idea's way."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.accounts.guardians.views import bp as guardians  # noqa: PLC0415
    from app.accounts.own.views import bp as account  # noqa: PLC0415
    from app.accounts.people.views import bp as people  # noqa: PLC0415
    from app.accounts.views import bp as accounts  # noqa: PLC0415 - views need a configured app
    from app.audit.public.views import bp as proof  # noqa: PLC0415
    from app.audit.views import bp as audit  # noqa: PLC0415
    from app.campaigns.manage.views import bp as campaigns_manage  # noqa: PLC0415
    from app.campaigns.setup.bands.views import bp as bands  # noqa: PLC0415
    from app.campaigns.setup.views import bp as setup  # noqa: PLC0415
    from app.campaigns.views import bp as campaigns  # noqa: PLC0415
    from app.files.views import bp as files  # noqa: PLC0415
    from app.finals.ceremony.views import bp as ceremony  # noqa: PLC0415
    from app.finals.hall.views import bp as hall  # noqa: PLC0415
    from app.finals.views import bp as finals  # noqa: PLC0415
    from app.gallery.views import bp as gallery  # noqa: PLC0415
    from app.ideas.attachments.views import bp as attachments  # noqa: PLC0415
    from app.ideas.team.views import bp as teams  # noqa: PLC0415
    from app.ideas.views import bp as ideas  # noqa: PLC0415
    from app.initiatives.views import bp as initiatives  # noqa: PLC0415
    from app.judging.desk.views import bp as desk  # noqa: PLC0415
    from app.judging.evening.calibration.views import bp as calibration  # noqa: PLC0415
    from app.judging.evening.entrance.views import bp as entrance  # noqa: PLC0415
    from app.judging.evening.staff.views import bp as evening  # noqa: PLC0415
    from app.judging.paper.views import bp as paper  # noqa: PLC0415
    from app.judging.secretary.views import bp as secretaries  # noqa: PLC0415
    from app.judging.staff.assignment.views import bp as assignment  # noqa: PLC0415
    from app.judging.staff.entry.views import bp as entry  # noqa: PLC0415
    from app.judging.staff.seat.views import bp as seat  # noqa: PLC0415
    from app.judging.staff.views import bp as rounds  # noqa: PLC0415
    from app.judging.views import bp as judging  # noqa: PLC0415
    from app.mail.views import bp as mail  # noqa: PLC0415
    from app.mine.views import bp as mine  # noqa: PLC0415
    from app.moderation.views import bp as moderation  # noqa: PLC0415
    from app.operations.views import bp as operations  # noqa: PLC0415
    from app.reports.views import bp as reports  # noqa: PLC0415
    from app.results.appeals.views import bp as appeals  # noqa: PLC0415
    from app.results.comments.views import bp as comments  # noqa: PLC0415
    from app.results.council.cases.views import bp as cases  # noqa: PLC0415
    from app.results.council.views import bp as council  # noqa: PLC0415
    from app.results.sheets.views import bp as sheets  # noqa: PLC0415
    from app.results.views import bp as results  # noqa: PLC0415

    for blueprint in (
        accounts,
        account,
        guardians,
        people,
        campaigns,
        campaigns_manage,
        setup,
        bands,
        mine,
        ideas,
        teams,
        attachments,
        files,
        moderation,
        gallery,
        rounds,
        seat,
        entry,
        assignment,
        secretaries,
        evening,
        entrance,
        calibration,
        desk,
        judging,
        paper,
        council,
        cases,
        comments,
        sheets,
        results,
        appeals,
        finals,
        hall,
        ceremony,
        initiatives,
        reports,
        mail,
        audit,
        proof,
        operations,
    ):
        app.register_blueprint(blueprint)
