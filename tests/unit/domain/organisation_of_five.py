"""Five repositories of one shop that need one another in every way there is, and words that look as if."""

from __future__ import annotations

OPENAPI = """\
openapi: 3.0.3
info:
  title: Pricing
servers:
  - url: https://pricing.acme.internal/v1
paths:
  /price-lists/{id}:
    get:
      operationId: getPriceList
  /users:
    get:
      operationId: getUsers
  /health:
    get: {}
"""
PROTO = """\
syntax = "proto3";
package acme.pricing.v1;
// service NotThere {
service TaxService {
  rpc Rate (RateRequest) returns (RateReply);
}
"""
PRICING = {
    "pyproject.toml": '[project]\nname = "acme-pricing"\n',
    "docs/openapi.yaml": OPENAPI,
    "proto/acme/pricing/v1/tax.proto": PROTO,
    "src/pricing/changes.py": 'def tell(bus):\n    bus.publish("prices.changed", {})\n    bus.publish("created", {})\n',
    "src/pricing/server.py": "class Tax(tax_pb2_grpc.TaxServiceServicer):\n    def Rate(self): ...\n",
    ".github/CODEOWNERS": "* @acme/pricing\n/docs/ @acme/writers\n",
}
CHECKOUT = {
    "pyproject.toml": '[project]\nname = "acme-checkout"\ndependencies = ["acme-pricing>=1.3"]\n',
    "src/checkout/prices.py": (
        'import requests\n\ndef prices(id):\n    return requests.get(f"{PRICING_URL}/v1/price-lists/{id}", timeout=5)\n'
    ),
    "src/checkout/tax.py": "from acme.pricing.v1 import tax_pb2\n\nstub = tax_pb2_grpc.TaxServiceStub(channel)\n",
    "src/checkout/events.py": (
        'ORDER_TOPIC = "orders.placed"\n\ndef placed(producer, order):\n    producer.send(ORDER_TOPIC, order)\n'
    ),
    "src/checkout/listen.py": 'def listen(consumer):\n    consumer.subscribe(["prices.changed"])\n',
}
CATALOG = {
    "go.mod": "module github.com/acme/catalog\n\ngo 1.22\n",
    "schema.graphql": (
        "type Query {\n  productsOfSeason(season: String!): [Product!]!\n  me: User\n}\ntype Product { id: ID! }\n"
    ),
    "main.go": 'package main\n\nfunc main() {\n\trouter.GET("/users", users)\n\trouter.GET("/health", health)\n}\n',
}
STOREFRONT = {
    "package.json": '{"name": "storefront", "private": true, "dependencies": {"@acme/ui": "^2"}}',
    "src/season.ts": (
        "export const SEASON = gql`\n  query Season($s: String!) {\n"
        "    shown: productsOfSeason(season: $s) { id name }\n    me { id }\n  }\n`;\n"
    ),
    "src/users.ts": "export const users = () => fetch('/users');\nexport const health = () => fetch('/health');\n",
    "src/lists.ts": "export const list = (id: string) => fetch(`/api/price-lists/${id}`);\n",
}
NOTIFICATIONS = {
    "package.json": '{"name": "@acme/ui", "version": "2.0.0"}',
    "src/orders.js": (
        "export function start(queue) {\n  queue.subscribe('orders.placed', mail);\n"
        "  queue.subscribe('created', mail);\n}\n"
    ),
    "template.yaml": (
        "Resources:\n  Rule:\n    Type: AWS::Events::Rule\n    Properties:\n      EventPattern:\n        detail-type:\n"
        "          - prices.changed\n          - created\n"
    ),
}
FIVE = {
    "acme/pricing": PRICING,
    "acme/checkout": CHECKOUT,
    "acme/catalog": CATALOG,
    "acme/storefront": STOREFRONT,
    "acme/notifications": NOTIFICATIONS,
}
