"""The OpenAPI 3.1 document, made from the schemas the routes really use."""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock
from typing import Any

from flask import Flask, render_template
from flask_smorest import Api, Blueprint
from flask_smorest.utils import prepare_response
from marshmallow import Schema, fields

from server.http.guard import own_transaction, public

PROBLEM_JSON = "application/problem+json"


class ErrorAt(Schema):
    pointer = fields.String(metadata={"description": "RFC 6901 JSON pointer into the body"})
    detail = fields.String()


class ProblemSchema(Schema):
    """RFC 9457. ``type`` ends in a permanent slug; docs/PROBLEMS.md lists them."""

    type = fields.String(required=True, metadata={"format": "uri-reference"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    instance = fields.String()
    errors = fields.List(fields.Nested(ErrorAt))


class ProblemApi(Api):
    """flask-smorest's Api, with problem+json documented and errors left to one renderer.

    The document is made when it is first asked for: three quarters of the time in which the
    application starts would go into it, and most processes are never asked.
    """

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self._blueprints: list[Blueprint] = []
        self._document: dict[str, Any] | None = None
        self._making = Lock()

    def register_blueprint(self, blueprint: Blueprint) -> None:
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._blueprints.append(blueprint)

    def document(self) -> dict[str, Any]:
        """The document as JSON data. The same object at each call: not to be changed."""
        with self._making:
            if self._document is None:
                for blueprint in self._blueprints:
                    self._describe(blueprint)
                document: dict[str, Any] = self.spec.to_dict()
                self._document = document
            return self._document

    def _describe(self, blueprint: Blueprint) -> None:
        name = blueprint.name
        blueprint.register_views_in_doc(self, self._app, self.spec, name=name, parameters=None)
        self.spec.tag({"name": name, "description": blueprint.description})

    def _register_error_handlers(self) -> None:
        """Nothing here: ``server.http.problem`` answers for every error."""

    def _register_responses(self) -> None:
        named = [(status.name, status.phrase) for status in HTTPStatus if status >= 400]
        for name, phrase in [*named, ("DEFAULT_ERROR", "RFC 9457 problem")]:
            response = {"description": phrase, "schema": self.ERROR_SCHEMA}
            prepare_response(response, self.spec, PROBLEM_JSON)
            self.spec.components.response(name, response, lazy=True)


def init_openapi(app: Flask, blueprints: list[Blueprint]) -> ProblemApi:
    app.config.update(
        API_TITLE="Yanshou 验收",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {
                "description": "到货验收、检查与整改，离线同步。"
                " Goods receipt, inspection and rectification with offline sync."
            },
            "components": {
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            },
            "security": [{"bearer": []}],
        },
    )
    api = ProblemApi(app)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    _offer_document(app, api)
    return api


def _offer_document(app: Flask, api: ProblemApi) -> None:
    @app.get("/api/openapi.json")
    @public
    @own_transaction
    def openapi_document() -> dict[str, Any]:
        return api.document()

    @app.get("/api/docs")
    @public
    @own_transaction
    def openapi_page() -> str:
        return render_template("api_docs.html", document=api.document())
