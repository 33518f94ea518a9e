"""Which repository needs which: an organisation of five from end to end, and all that must not make an edge."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain.discovery import Dependency
from ferry.domain.retrieval.dependencies import edges
from ferry.domain.retrieval.discover import discover
from ferry.domain.retrieval.index import open_index
from ferry.domain.retrieval.ties.paths import normal, telling
from tests.unit.domain.organisation_of_five import CHECKOUT, FIVE, OPENAPI, PRICING, PROTO
from tests.unit.domain.retrieval_samples import facts, index

Texts = Mapping[str, Mapping[str, str]]


def found(organisation: Texts) -> tuple[Dependency, ...]:
    """From indexes as they are stored."""
    return edges([open_index(index(name, dict(texts)).to_bytes()) for name, texts in organisation.items()])


def pairs(organisation: Texts) -> list[tuple[str, str, str]]:
    return [(edge.from_.partition("/")[2], edge.to.partition("/")[2], str(edge.kind)) for edge in found(organisation)]


def test_five_repositories_need_each_other_as_their_files_say() -> None:
    told = {(edge.from_, edge.to, str(edge.kind)): edge.description for edge in found(FIVE)}

    assert told == {
        ("acme/checkout", "acme/pricing", "api"): (
            "checkout's src/checkout/prices.py:4 calls /v1/price-lists/{}, which pricing's docs/openapi.yaml:7 defines"
            "; checkout's src/checkout/tax.py:3 calls TaxService; pricing's proto/acme/pricing/v1/tax.proto"
            ":4 defines it; checkout's src/checkout/tax.py:3 calls TaxService; "
            "pricing's src/pricing/server.py:1 serves it"
        ),
        ("acme/checkout", "acme/pricing", "event"): (
            "checkout's src/checkout/listen.py:2 subscribes to prices.changed, "
            "which pricing's src/pricing/changes.py:2 publishes"
        ),
        ("acme/checkout", "acme/pricing", "shared-lib"): "checkout's pyproject.toml:3 requires acme-pricing",
        ("acme/notifications", "acme/checkout", "event"): (
            "notifications's src/orders.js:2 subscribes to orders.placed, "
            "which checkout's src/checkout/events.py:4 publishes"
        ),
        ("acme/notifications", "acme/pricing", "event"): (
            "notifications's template.yaml:7 subscribes to prices.changed, "
            "which pricing's src/pricing/changes.py:2 publishes"
        ),
        ("acme/storefront", "acme/catalog", "api"): (
            "storefront's src/season.ts:3 asks for Query.productsOfSeason; catalog's schema.graphql:2 defines it"
        ),
        ("acme/storefront", "acme/notifications", "shared-lib"): "storefront's package.json:1 requires @acme/ui",
        ("acme/storefront", "acme/pricing", "api"): (
            "storefront's src/lists.ts:1 calls /api/price-lists/{}, which pricing's docs/openapi.yaml:7 defines"
        ),
    }


def test_discovery_tells_the_edges_of_what_it_ranks() -> None:
    result = discover("Wrong rate in the price lists", "", [index(name, dict(texts)) for name, texts in FIVE.items()])

    assert ("acme/checkout", "acme/pricing") in [(edge.from_, edge.to) for edge in result.dependencies]


def test_edges_of_some_repositories_are_those_with_an_end_there() -> None:
    indexes = [index(name, dict(texts)) for name, texts in FIVE.items()]

    some = edges(indexes, ["acme/catalog"])

    assert some == tuple(edge for edge in edges(indexes) if "acme/catalog" in (edge.from_, edge.to)) != ()


def test_a_push_changes_the_edges_and_nothing_else_does() -> None:
    pricing, old = index("acme/pricing", PRICING), index("acme/checkout", CHECKOUT)
    less = old.updated("2", facts({"pyproject.toml": "", "src/checkout/prices.py": ""}), ["src/checkout/tax.py"])
    same = old.updated("2", facts({"README.md": "Words."}))

    assert {str(edge.kind) for edge in edges([pricing, less])} == {"event"}
    assert edges([pricing, same]) == edges([pricing, old])


def document(*paths: str, server: str = "") -> str:
    servers = f"servers:\n- url: {server}\n" if server else ""
    return f'openapi: "3.1.0"\n{servers}paths:\n' + "".join(f'  "{path}":\n    get: {{}}\n' for path in paths)


@pytest.mark.parametrize(
    ("call", "edge"),
    [
        ("fetch(`/v1/price-lists/${id}`)", True),
        ("fetch('/v1/price-lists/' + id)", True),
        ("axios.get(BASE + '/price-lists/7')", True),
        ("fetch('https://gateway.acme.io/pricing/v1/price-lists/7?all=1')", True),
        ("fetch(`${PRICING_URL}/users`)", True),
        ("fetch('http://pricing:8080/users')", True),
        ("fetch('https://pricing.acme.io/health')", True),
        ("fetch('/users')", False),
        ("fetch(`${BASE}/users`)", False),
        ("fetch(`${base}/v1/users/${id}`)", False),
        ("fetch('/health')", False),
        ("fetch(`${CATALOG_URL}/price-lists/${id}`)", False),
        ("app.get('/v1/price-lists/:id', list)", False),
        ("// fetch('/v1/price-lists/7')", False),
        ("import lists from '/v1/price-lists/7'", False),
        ("const folder = '/usr/price-lists/7'", False),
        ("fetch('/v1/price-lists')", False),
    ],
)
def test_a_call_makes_an_edge_when_it_says_whose_path_it_is(call: str, edge: bool) -> None:
    api = {"openapi.yaml": document("/price-lists/{id}", "/users", "/users/{id}", "/health", server="/v1")}
    caller = {"src/a.ts": f"{call}\n"}

    said = pairs({"acme/pricing-service": api, "acme/web": caller, "acme/catalog": {"a.py": "a = 1\n"}})

    assert said == ([("web", "pricing-service", "api")] if edge else [])


def test_an_own_route_of_the_same_path_is_no_call_of_somebody_else() -> None:
    caller = {"a.ts": "fetch(`/price-lists/${id}`)\n", "b.ts": "app.get('/price-lists/:id', list)\n"}

    assert pairs({"acme/pricing": {"openapi.yaml": document("/price-lists/{id}")}, "acme/web": caller}) == []


def test_of_two_documents_of_a_path_the_hint_decides_or_nobody() -> None:
    api = {"openapi.json": '{"openapi": "3.0.0", "paths": {"/price-lists/{id}": {"get": {}}}}'}
    both: Texts = {"acme/pricing": api, "acme/prices-old": api}

    assert pairs({**both, "acme/web": {"a.ts": "fetch(`/price-lists/${id}`)\n"}}) == []
    hinted = {"a.ts": "fetch(`${config.pricingUrl}/price-lists/${id}`)\n"}
    assert pairs({**both, "acme/web": hinted}) == [("web", "pricing", "api")]


def test_a_caller_with_a_copy_of_the_document_needs_who_serves_it() -> None:
    copy = document("/price-lists/{id}")
    caller = {"vendor-api/openapi.yaml": copy, "a.ts": "fetch(`/price-lists/${id}`)\n"}
    server = {"openapi.yaml": copy, "app.ts": "app.get('/price-lists/:id', list)\n"}

    assert pairs({"acme/pricing": server, "acme/web": caller}) == [("web", "pricing", "api")]


def test_a_server_named_in_a_document_is_known_by_its_host() -> None:
    api = {"openapi.yaml": document("/x", server="https://rates.acme.io/v2")}
    caller = {"a.py": 'requests.get("https://rates.acme.io/v2/anything")\n'}

    assert pairs({"acme/pricing": api, "acme/web": caller}) == [("web", "pricing", "api")]


@pytest.mark.parametrize(
    ("url", "edge"),
    [
        ("http://carts%s/anything", True),
        ("http://carts", True),
        ("http://carts.prod.svc.cluster.local:8080", True),
        ("http://carts.example.org", False),
        ("http://carts.com/x", False),
        ("http://localhost/carts", False),
        ("http://cart", False),
    ],
)
def test_a_machine_inside_that_is_called_as_a_repository_with_an_interface_is_that_one(url: str, edge: bool) -> None:
    caller = {"endpoints.js": f'module.exports = {{ cartsUrl: util.format("{url}", domain) }};\n'}

    said = pairs({"acme/carts": {"api-spec/carts.json": CARTS}, "acme/web": caller})

    assert said == ([("web", "carts", "api")] if edge else [])


CARTS = '{"swagger": "2.0", "host": "carts", "basePath": "/", "paths": {"/{id}": {"get": {}}}}'


def test_operations_make_an_edge_only_by_two_telling_names_that_are_not_ones_own() -> None:
    operations = "".join(f"  /p{n}:\n    get:\n      operationId: {name}\n" for n, name in enumerate(OPERATIONS))
    api = {"openapi.yaml": f"openapi: 3.0.0\npaths:\n{operations}"}
    two = "client.create_price_list()\nclient.closePriceList()\nclient.getUsers()\n"
    own = two + "def createPriceList(): ...\n"

    assert pairs({"acme/pricing": api, "acme/web": {"a.py": two}}) == [("web", "pricing", "api")]
    assert pairs({"acme/pricing": api, "acme/web": {"a.py": "client.createPriceList()\n"}}) == []
    assert pairs({"acme/pricing": api, "acme/web": {"a.py": own}}) == []


OPERATIONS = ("createPriceList", "closePriceList", "getUsers")


def test_a_package_that_two_repositories_build_is_whose_name_it_has_or_nobodys() -> None:
    builds, needs = (
        {"package.json": '{"name": "@acme/ui", "version": "1"}'},
        {"package.json": '{"dependencies": {"@acme/ui": "1"}}'},
    )

    assert pairs({"acme/a": builds, "acme/b": builds, "acme/web": needs}) == []
    assert pairs({"acme/a": builds, "acme/ui": builds, "acme/web": needs}) == [("web", "ui", "shared-lib")]


def test_what_a_repository_builds_itself_it_needs_from_nobody() -> None:
    own = {
        "package.json": '{"dependencies": {"ui": "1"}}',
        "packages/ui/package.json": '{"name": "ui", "private": true}',
    }

    assert pairs({"acme/ui": {"package.json": '{"name": "ui", "version": "1"}'}, "acme/web": own}) == []


def test_a_package_without_a_version_is_a_folder_for_tools() -> None:
    stub = {"package.json": "{}", "lib/electron/package.json": '{"name": "electron", "main": "a.js"}'}

    assert pairs({"acme/ide": stub, "acme/web": {"package.json": '{"dependencies": {"electron": "1"}}'}}) == []


def test_a_private_package_is_no_one_elses_and_a_git_url_is() -> None:
    private = {"package.json": '{"name": "app", "private": true}'}
    by_name = {"package.json": '{"dependencies": {"app": "1"}}'}
    by_git = {"package.json": '{"dependencies": {"app": "github:acme/app"}}'}

    assert pairs({"acme/app": private, "acme/web": by_name}) == []
    assert pairs({"acme/app": private, "acme/web": by_git}) == [("web", "app", "shared-lib")]


def test_gradle_coordinates_are_put_together_from_several_files() -> None:
    builds = {
        "settings.gradle": "rootProject.name = 'money'\ninclude ':client'\n",
        "build.gradle": "group = 'com.acme'\n",
    }
    needs = {"build.gradle.kts": 'dependencies {\n  implementation("com.acme:client:1")\n}\n'}

    assert pairs({"acme/money": builds, "acme/web": needs}) == [("web", "money", "shared-lib")]


def test_a_service_in_a_repository_of_protos_is_needed_by_client_and_server() -> None:
    protos = {"acme/pricing/v1/tax.proto": PROTO}
    server = {"main.go": "func main() {\n\tpb.RegisterTaxServiceServer(s, &server{})\n}\n"}
    client = {"a.go": "c := pb.NewTaxServiceClient(conn)\n"}

    assert pairs({"acme/protos": protos, "acme/tax": server, "acme/web": client}) == [
        ("tax", "protos", "api"),
        ("web", "protos", "api"),
        ("web", "tax", "api"),
    ]


def test_generated_sources_and_imports_of_own_protos_prove_nothing() -> None:
    own = {"proto/b.proto": 'import "acme/pricing/v1/a.proto";\n', "proto/acme/pricing/v1/a.proto": "package a;\n"}
    generated = {"tax_pb2_grpc.py": "class X:\n    stub = TaxServiceStub(1)\n"}

    assert pairs({"acme/pricing": {"acme/pricing/v1/a.proto": PROTO}, "acme/web": {**own, **generated}}) == []


@pytest.mark.parametrize(
    ("publishes", "subscribes", "edge"),
    [
        ('sns.publish(TopicArn="orders-placed")', 'queue.subscribe("orders-placed")', True),
        ('template.send("orders.placed", x)', '@KafkaListener(topics = "orders.placed")', True),
        ('kafkaTemplate.send("orders.placed", x)', '@KafkaListener(topics = "orders.placed")', True),
        ('events.put_events(Entries=[{"DetailType": "OrderPlaced"}])', '"detail-type": ["OrderPlaced"]', True),
        ('bus.publish("created")', 'bus.subscribe("created")', False),
        ('bus.publish("orders.placed")', 'bus.subscribe("orders.closed")', False),
        ('log.info("orders.placed")', 'bus.subscribe("orders.placed")', False),
        ('bus.publish("user.created")', 'bus.subscribe("user.created")', True),
        ("import { publish } from 'event-bus'", "import { subscribe } from 'event-bus'", False),
        ("const publish = require('event-bus')", "const subscribe = require('event-bus')", False),
        ('Producer.publish(bootstrap="kafka:9092")', 'Consumer(bootstrap="kafka:9092")', False),
        ('p.publish({"client.id": "a", "request.timeout.ms": 1})', 'consumer({"client.id": "a"})', False),
        ('sns.publish(region="us-east-1")', 'sqs.subscribe(region="us-east-1")', False),
        ('bus.publish("application/json")', 'bus.subscribe("application/json")', False),
    ],
)
def test_an_event_needs_a_telling_name_and_both_sides(publishes: str, subscribes: str, edge: bool) -> None:
    one, other = {"src/a.java": f"{publishes}\n"}, {"src/b.java": f"{subscribes}\n"}

    said = pairs({"acme/a": one, "acme/b": other})

    assert said == ([("b", "a", "event")] if edge else [])


def test_who_publishes_an_event_itself_needs_nobody_for_it() -> None:
    both = {"a.py": 'bus.publish("orders.placed")\nbus.subscribe("orders.placed")\n'}

    assert pairs({"acme/a": both, "acme/b": both}) == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["users", "health", "api", "v1", "items", "{id}", "orders"]), max_size=5))
def test_common_words_alone_never_make_an_edge(parts: list[str]) -> None:
    assert not telling(normal("/" + "/".join(parts)))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_a_path_has_one_normal_form(path: str) -> None:
    assert normal(normal(path)) == normal(path)


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["openapi.yaml", "a.ts", "b.py", "c.proto", "d.graphql", "package.json", "template.yaml"]),
        st.sampled_from([OPENAPI, PROTO, *(text for texts in FIVE.values() for text in texts.values())]) | st.text(),
    )
)
def test_no_file_under_any_name_makes_edges_raise_or_point_at_itself(texts: dict[str, str]) -> None:
    assert all(edge.from_ != edge.to for edge in found({**FIVE, "acme/any": texts}))
