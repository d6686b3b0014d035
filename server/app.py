"""The application: what there is, put together. Reads no environment; see ``Settings.from_env``."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from server.access import Caller
from server.api_tokens.admission import (
    admit_tool,
    init_api_tokens,
    is_api_token,
    keep_token_budgets,
)
from server.api_tokens.routes import routes as api_token_routes
from server.attachments.routes import routes as attachment_routes
from server.attachments.storage import current_storage, init_storage
from server.calendars.routes import routes as calendar_routes
from server.certificates.routes import routes as install_routes
from server.checklists.authoring.routes import routes as checklist_authoring_routes
from server.checklists.exchange.routes import routes as checklist_exchange_routes
from server.checklists.routes import routes as checklist_routes
from server.config import Settings
from server.corrective_actions.answer_routes import admit_guest, init_answer_links
from server.corrective_actions.answer_routes import routes as answer_routes
from server.corrective_actions.routes import routes as corrective_action_routes
from server.custody.routes import routes as audit_routes
from server.db.base import current_session, db, init_database
from server.db.schema_check import require_newest_migration
from server.db.transaction import transaction
from server.expiry.routes import routes as expiry_routes
from server.exports.routes import routes as export_routes
from server.findings.routes import routes as finding_routes
from server.first_run.routes import routes as first_run_routes
from server.http.authentication import bearer_token
from server.http.compression import init_compression
from server.http.context import Clock, current_time, keep_in_app, system_clock
from server.http.guard import guard_routes, init_scope_reset
from server.http.headers import init_headers
from server.http.health import init_health
from server.http.json import init_json
from server.http.observability import init_logging, init_request_log
from server.http.openapi import init_openapi
from server.http.problem import init_problems
from server.identity.routes import routes as identity_routes
from server.identity.service import caller_for_token
from server.imports.routes import routes as import_routes
from server.inspection.routes import routes as inspection_routes
from server.jobs.routes import routes as job_routes
from server.master_data.routes import routes as master_data_routes
from server.notifications.routes import routes as notification_routes
from server.overview.routes import routes as overview_routes
from server.planning.routes import routes as planning_routes
from server.premises.routes import routes as premises_routes
from server.pwa.routes import routes as page_routes
from server.receiving.routes import routes as receiving_routes
from server.registers.routes import routes as register_routes
from server.reports.press import current_press, init_press
from server.reports.routes import routes as report_routes
from server.reports.supervision_routes import routes as supervision_document_routes
from server.retention.routes import routes as retention_routes
from server.sampling_api.routes import routes as sampling_routes
from server.staff.routes import routes as staff_routes
from server.switching.routes import routes as switching_routes
from server.sync_api.back_pressure import init_back_pressure
from server.sync_api.metrics import init_metrics, keep_request_counts
from server.sync_api.review_routes import routes as review_routes
from server.sync_api.routes import routes as sync_routes
from server.sync_api.rxdb_routes import routes as rxdb_routes
from server.sync_api.seeing import init_seeing, keep_counting
from server.sync_api.support_routes import routes as support_routes
from server.sync_api.watermelondb_routes import routes as watermelondb_routes
from server.tracing.routes import routes as tracing_routes
from server.uploads.routes import routes as upload_routes


def create_app(settings: Settings, clock: Clock = system_clock) -> Flask:
    """The whole service over *settings*; *clock* is replaced by tests alone."""
    app = Flask("server", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=settings.json_bytes_max, SECRET_KEY=settings.secret_key)
    app.url_map.strict_slashes = False
    init_logging(settings.log_level)
    init_database(app, settings.database_url)
    furnish(app, settings, clock)
    Migrate(app, db, directory="server/db/migrations", render_as_batch=True)
    init_json(app)
    init_problems(app)
    init_request_log(app)
    init_headers(app)
    init_compression(app, settings.json_bytes_max)
    init_answer_links(app)
    init_api_tokens(app)
    init_seeing(app)
    init_metrics(app)
    init_scope_reset(app)
    init_openapi(
        app,
        [
            identity_routes,
            api_token_routes,
            first_run_routes,
            sync_routes,
            review_routes,
            support_routes,
            audit_routes,
            retention_routes,
            rxdb_routes,
            watermelondb_routes,
            master_data_routes,
            import_routes,
            premises_routes,
            calendar_routes,
            checklist_routes,
            checklist_authoring_routes,
            checklist_exchange_routes,
            receiving_routes,
            report_routes,
            export_routes,
            supervision_document_routes,
            tracing_routes,
            sampling_routes,
            switching_routes,
            finding_routes,
            inspection_routes,
            staff_routes,
            expiry_routes,
            job_routes,
            register_routes,
            corrective_action_routes,
            answer_routes,
            overview_routes,
            planning_routes,
            notification_routes,
            attachment_routes,
            upload_routes,
        ],
    )
    app.register_blueprint(page_routes)
    app.register_blueprint(install_routes)
    init_health(
        app,
        {
            "database": _check_database,
            "migrations": _check_migrations,
            "blob_store": lambda: current_storage().blobs.check(),
            "fonts": lambda: current_press().fonts.check(),
        },
    )
    guard_routes(app, _authenticate, admit_guest)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def furnish(app: Flask, settings: Settings, clock: Clock) -> None:
    """Give *app* everything it keeps beside its database: the stores of one data directory, the
    clock, and budgets and counters that are empty. All of it is here, nothing in closures."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    keep_in_app(app, settings, clock)
    init_press(app, settings, init_storage(app, settings))
    init_back_pressure(app, settings.push_mutations_per_minute)
    keep_token_budgets(app, settings.api_token_requests_per_minute)
    keep_counting(app)
    keep_request_counts(app)


def _authenticate() -> Caller:
    token = bearer_token()
    if is_api_token(token):
        return admit_tool(token)
    return caller_for_token(current_session(), token, current_time())


def _check_database() -> None:
    session = current_session()
    with transaction(session, write=False):
        session.execute(text("SELECT 1"))


def _check_migrations() -> None:
    session = current_session()
    with transaction(session, write=False):
        require_newest_migration(session)
