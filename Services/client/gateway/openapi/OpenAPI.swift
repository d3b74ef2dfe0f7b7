import Contract
public import Outside

/// The interface as an OpenAPI 3.1 document, made from the routes and the contract's messages.
/// Source: https://spec.openapis.org/oas/v3.1.0
public enum OpenAPI {
  public static let document: JSON = document(Routes.all)

  static func document(_ routes: [Route]) -> JSON {
    var paths: [String: [String: JSON]] = [:]
    var schemas = Schemas()
    for route in routes {
      paths[route.path, default: [:]][route.verb.rawValue.lowercased()] = operation(
        route, &schemas)
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Dropwire", "version": "1",
        "description": .string(
          "The checkout, and what resellers and administrators see and do. JSON is that of the "
            + "contract's messages: 64-bit numbers are texts, amounts are minor units."),
      ],
      "paths": .object(paths.mapValues { .object($0) }),
      "components": [
        "schemas": .object(schemas.all.merging(["Problem": problem]) { old, _ in old }),
        "securitySchemes": [
          "token": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]
        ],
      ],
    ]
  }

  private static func operation(_ route: Route, _ schemas: inout Schemas) -> JSON {
    var members: [String: JSON] = [
      "operationId": .string(route.name), "summary": .string(route.summary),
      "responses": responses(route, &schemas),
      "security": route.audience == .people ? [["token": []]] : [],
    ]
    let parameters = parameters(route)
    if !parameters.isEmpty { members["parameters"] = .array(parameters) }
    switch route.body {
    case .none, .form: break
    case .raw:
      members["requestBody"] = [
        "required": true, "content": ["application/json": ["schema": ["type": "object"]]],
      ]
    case .json(let shape):
      let schema = schemas.object(shape, without: Set(route.parameters))
      members["requestBody"] = ["content": ["application/json": ["schema": schema]]]
    }
    return .object(members)
  }

  private static func parameters(_ route: Route) -> [JSON] {
    var all: [JSON] = route.parameters.map { name in
      [
        "name": .string(name), "in": "path", "required": true,
        "schema": ["type": "string", "minLength": .integer(1)],
      ]
    }
    all += route.query.map { field in
      let schema: JSON =
        switch field.kind {
        case .text: ["type": "string"]
        case .number(let max):
          ["type": "integer", "format": "int64", "minimum": .integer(0), "maximum": .integer(max)]
        case .choice(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        }
      return [
        "name": .string(field.name), "in": "query", "schema": schema,
        "description": .string(field.text),
      ]
    }
    if route.makesID {
      all.append([
        "name": "Idempotency-Key", "in": "header",
        "schema": ["type": "string", "pattern": "^[!-~]{1,255}$"],
        "description": .string(
          "The same key of the same person makes the same thing once, where the body has no id."),
      ])
    }
    return all
  }

  private static func responses(_ route: Route, _ schemas: inout Schemas) -> JSON {
    let content: JSON =
      switch route.answer {
      case .json(let shape): ["application/json": ["schema": schemas.reference(shape)]]
      case .document: ["application/json": ["schema": ["type": "object"]]]
      case .page: ["text/html": ["schema": ["type": "string"]]]
      case .text: ["text/plain": ["schema": ["type": "string"]]]
      case .events(let shape):
        [
          "text/event-stream": [
            "schema": ["type": "string"], "x-event": schemas.reference(shape),
          ]
        ]
      }
    var all: [String: JSON] = ["200": ["description": "Done.", "content": content]]
    if route.path == "/api/health" {
      all["503"] = [
        "description": "One does not.",
        "content": ["application/json": ["schema": ["type": "object"]]],
      ]
    }
    all["default"] = [
      "description": "A problem.",
      "content": [
        "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]
      ],
    ]
    return .object(all)
  }

  private static let problem: JSON = [
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "requestId"],
    "properties": [
      "type": ["type": "string"], "title": ["type": "string"], "detail": ["type": "string"],
      "status": ["type": "integer"], "code": ["type": "string"], "reason": ["type": "string"],
      "requestId": ["type": "string"],
      "fields": [
        "type": "array",
        "items": [
          "type": "object", "required": ["field", "problem"],
          "properties": ["field": ["type": "string"], "problem": ["type": "string"]],
        ],
      ],
    ],
  ]
}
