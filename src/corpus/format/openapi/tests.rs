use super::*;

fn read(path: &str, text: &str) -> Result<Vec<Page>, Skip> {
    pages(&Source {
        path,
        text,
        include: &|_| None,
        site: &crate::corpus::Site::default(),
    })
}

fn page<'a>(pages: &'a [Page], path: &str) -> &'a str {
    let found = pages.iter().find(|page| page.path.as_deref() == Some(path));
    let paths: Vec<_> = pages.iter().map(|page| &page.path).collect();
    &found
        .unwrap_or_else(|| panic!("{path} in {paths:?}"))
        .markdown
}

const SHOP: &str = r##"
openapi: 3.1.0
info: {title: Shop API, version: 1.2, description: "# Start\nAll calls <!-- secret --> need a key."}
servers: [{url: "https://api.shop.example/v1", description: Production}]
tags: [{name: Orders, description: What people buy.}]
security: [{key: []}]
paths:
  /orders/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string, format: uuid}, description: Number of the order.}
    get:
      operationId: getOrder
      tags: [Orders]
      parameters:
        - $ref: '#/components/parameters/Expand'
      responses:
        200:
          description: The order.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Order'}
              examples:
                paid: {summary: A paid order, value: {id: 1, state: paid}}
        default: {$ref: '#/components/responses/Failed'}
    put:
      summary: Change an order
      deprecated: true
      tags: [Orders]
      security: []
      requestBody:
        required: true
        content: {application/json: {schema: {allOf: [{$ref: '#/components/schemas/Order'}, {type: object, properties: {note: {type: [string, 'null']}}}]}}}
      responses: {'204': {description: Changed}}
  /internal: {get: {x-internal: true, responses: {}}}
webhooks:
  order.paid: {post: {summary: An order is paid, responses: {'200': {description: ok}}}}
components:
  parameters:
    Expand: {name: expand, in: query, schema: {type: array, items: {type: string, enum: [lines, buyer]}}, description: What comes with it.}
  responses:
    Failed: {description: Something failed., content: {application/json: {schema: {type: object, required: [code], properties: {code: {type: integer, minimum: 400, default: 500}}}}}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, description: From the console.}
  schemas:
    Order:
      description: An order.
      type: object
      required: [id, lines]
      properties:
        id: {type: integer, readOnly: true}
        state: {enum: [open, paid]}
        lines: {type: array, items: {$ref: '#/components/schemas/Line'}}
        parent: {$ref: '#/components/schemas/Order'}
        meta: {type: object, additionalProperties: {type: string}}
    Line: {type: object, properties: {sku: {type: string, example: A-1}, price: {oneOf: [{type: number}, {type: string, pattern: '^a|b$'}]}}}
"##;

#[test]
fn a_page_an_operation_and_a_schema() {
    let pages = read("api/openapi.yaml", SHOP).unwrap();
    let titles: Vec<_> = pages
        .iter()
        .filter_map(|page| page.title.as_deref())
        .collect();
    assert_eq!(
        titles,
        [
            "Shop API",
            "GET /orders/{id}",
            "Change an order",
            "An order is paid",
            "Order",
            "Line"
        ]
    );
    let get = page(&pages, "api/openapi.yaml/orders/getOrder");
    for shown in [
        "# GET /orders/{id}\n",
        "| `id` | path | string (uuid) | yes | Number of the order. |",
        "| `expand` | query | array of string |  | What comes with it. One of `lines`, `buyer`. |",
        "### 200\n\nThe order.\n\n`application/json`: [Order](../schemas/Order)\n",
        "| `id` | integer | yes | Read-only. |",
        "| `state` | string |  | One of `open`, `paid`. |",
        "| `lines` | array of [Line](../schemas/Line) | yes |  |",
        "| `lines[].sku` | string |  | Example: `A-1`. |",
        "| `lines[].price` | number or string |  |",
        "| `parent` | [Order](../schemas/Order) |  | An order. |",
        "| `meta` | map of string |  |",
        "Example, A paid order:\n\n```json\n{\n  \"id\": 1,\n  \"state\": \"paid\"\n}\n```",
        "### default\n\nSomething failed.",
        "| `code` | integer | yes | Default: `500`. At least `400`. |",
        "Security: `key`",
    ] {
        assert!(get.contains(shown), "{shown} in\n{get}");
    }
    assert!(!get.contains("parent.id"), "{get}");
    let put = page(&pages, "api/openapi.yaml/orders/put-orders-id");
    for shown in [
        "# Change an order\n\n## PUT /orders/{id}\n\n**Deprecated.**",
        "Security: none.",
        "`application/json`: [Order](../schemas/Order) and object",
        "| `note` | string or null |",
        "### Request body\n\nRequired.",
        "#### 204\n\nChanged",
    ] {
        assert!(put.contains(shown), "{shown} in\n{put}");
    }
    let overview = &pages[0].markdown;
    for shown in [
        "# Shop API\n\nVersion 1.2\n\n## Start\nAll calls  need a key.",
        "- `https://api.shop.example/v1`: Production",
        "| `key` | apiKey (`X-Key`, header) | From the console. |",
        "### Orders\n\nWhat people buy.\n\n- [`GET /orders/{id}`](openapi.yaml/orders/getOrder)\n- [`PUT /orders/{id}`](openapi.yaml/orders/put-orders-id): Change an order",
    ] {
        assert!(overview.contains(shown), "{shown} in\n{overview}");
    }
    assert!(
        !overview.contains("internal") && !overview.contains("secret"),
        "{overview}"
    );
    let fragments: Vec<_> = pages
        .iter()
        .filter_map(|page| page.fragment.as_deref())
        .collect();
    assert_eq!(
        fragments,
        [
            "/paths/~1orders~1%7Bid%7D/get",
            "/paths/~1orders~1%7Bid%7D/put",
            "/webhooks/order.paid/post",
            "/components/schemas/Order",
            "/components/schemas/Line"
        ]
    );
}

#[test]
fn swagger_two() {
    let pages = read(
        "swagger.json",
        r##"{"swagger":"2.0","info":{"title":"Pets","version":"1"},"host":"pets.example","basePath":"/v2","schemes":["https"],
"consumes":["application/json"],"produces":["application/xml"],
"paths":{"/pets":{"post":{"summary":"Add a pet","parameters":[
 {"in":"body","name":"body","required":true,"description":"The new one.","schema":{"$ref":"#/definitions/Pet"}},
 {"in":"query","name":"n","type":"integer","format":"int32","default":3},
 {"in":"formData","name":"photo","type":"file"}],
"responses":{"200":{"description":"ok","schema":{"type":"array","items":{"$ref":"#/definitions/Pet"}},"examples":{"application/json":[{"name":"Rex"}]}}}}}},
"securityDefinitions":{"auth":{"type":"oauth2","flow":"implicit","authorizationUrl":"https://pets.example/auth","scopes":{"write":"change pets"}}},
"definitions":{"Pet":{"type":"object","properties":{"name":{"type":"string"}}}}}"##,
    )
    .unwrap();
    let post = page(&pages, "swagger.json/post-pets");
    for shown in [
        "### Request body\n\nRequired.\n\nThe new one.\n\n`application/json`: [Pet](schemas/Pet)\n",
        "| `name` | string |",
        "| `n` | query | integer (int32) |  | Default: `3`. |",
        "| `photo` | form | file |",
        "`application/xml`: array of [Pet](schemas/Pet)",
        "| `[].name` | string |",
        "\"name\": \"Rex\"",
    ] {
        assert!(post.contains(shown), "{shown} in\n{post}");
    }
    assert!(!post.contains("| `body` |"), "{post}");
    let overview = &pages[0].markdown;
    for shown in [
        "- `https://pets.example/v2`",
        "`https://pets.example/auth`",
        "`write`: change pets",
    ] {
        assert!(overview.contains(shown), "{shown} in\n{overview}");
    }
}

#[test]
fn descriptions_are_told_by_their_beginning() {
    for (path, text) in [
        ("a.yaml", "# Licence\n\nopenapi: 3.0.3\n"),
        ("a.yml", "\"openapi\" : '3.1.0'\n"),
        ("a.yaml", "swagger: \"2.0\"\n"),
        (
            "a.json",
            "{\n  \"info\": {\"a\": [1]}, \"openapi\" : \"3.0.0\"",
        ),
        ("swagger.json", "{\"definitions\": {"),
    ] {
        assert!(fits(path, text), "{path} {text}");
    }
    for (path, text) in [
        ("a.yaml", "name: x\nopenapi: {version: 3}\n"),
        ("a.yaml", "x:\n  openapi: 3.0.0\n"),
        (
            "package.json",
            "{\"dependencies\": {\"openapi\": \"3.0.0\", \"swagger\": \"2.0\"}}",
        ),
        ("a.json", "{\"text\": \"\\\"openapi\\\": \\\"3.0\\\"\"}"),
        ("a.json", "[{\"openapi\": \"3.0.0\"}]"),
        ("docker-compose.yml", "services: {}\n"),
    ] {
        assert!(!fits(path, text), "{path} {text}");
    }
    assert_eq!(read("openapi.json", "{\"a\": 1}"), Err(Skip::UnknownFormat));
    assert_eq!(read("openapi.yaml", "openapi: 3.0.0\n"), Err(Skip::Empty));
    assert!(matches!(
        read("openapi.yaml", "openapi: 3.0.0\npaths: ["),
        Err(Skip::Malformed { .. })
    ));
}

#[test]
fn a_page_that_names_an_operation_shows_it() {
    let include = |path: &str| match path {
        "api-reference/openapi.yaml" | "v2/spec.yaml" => Some(SHOP.to_owned()),
        "other/docs.json" => Some("{\"api\": {\"openapi\": [\"/v2.json\"]}}".to_owned()),
        "other/v2.json" => Some(
            "{\"openapi\":\"3.0.0\",\"paths\":{\"/x\":{\"get\":{\"description\":\"Of JSON.\"}}}}"
                .to_owned(),
        ),
        _ => None,
    };
    let shown = |path: &str, text: &str| {
        let source = Source {
            path,
            text,
            include: &include,
            site: &crate::corpus::Site::default(),
        };
        let pages = markdown_pages(&source).unwrap_or_default();
        pages
            .into_iter()
            .next()
            .map_or_else(String::new, |page| page.markdown)
    };
    let get = "---\nopenapi: GET /orders/{id}\n---\n";
    assert!(shown("api-reference/orders/get.mdx", get).contains("Number of the order."));
    assert!(shown("get.mdx", get).contains("## GET /orders/{id}\n"));
    assert!(
        shown(
            "a/get.mdx",
            "---\nopenapi: \"/v2/spec.yaml get /orders/{id}/\"\n---\n"
        )
        .contains("What comes with it.")
    );
    assert!(shown("a/b.mdx", "---\nopenapi: webhook order.paid\n---\n").contains("A webhook"));
    assert!(shown("a/b.mdx", "---\nopenapi-schema: Line\n---\n").contains("| `sku` | string |"));
    assert!(shown("other/b.mdx", "---\nopenapi: GET /x\n---\n").contains("Of JSON."));
    let words = shown(
        "a.mdx",
        "---\nopenapi: GET /orders/{id}\n---\n\nWords of its own.\n",
    );
    assert!(words.starts_with("Words of its own.\n\n## GET"), "{words}");
    for nothing in [
        "openapi: GET /none",
        "openapi: x",
        "openapi: none.json GET /x",
        "title: x",
    ] {
        assert_eq!(
            shown("a/b.mdx", &format!("---\n{nothing}\n---\n")),
            "",
            "{nothing}"
        );
    }
}

/// What one place costs is paid again wherever it is named: what all of them may cost is bounded by the file's size.
#[test]
fn hostile_descriptions_stay_in_proportion() {
    let many = 600;
    let long = "word <b>x</b> ".repeat(400);
    let named: String = (0..many)
        .map(|n| format!("  /p{n}: {{get: {{parameters: [{{$ref: '#/components/parameters/P'}}], responses: {{'200': {{$ref: '#/r'}}}}}}}}\n"))
        .collect();
    let wide: String = (0..60)
        .map(|n| format!("        p{n}: {{$ref: '#/components/schemas/S'}}\n"))
        .collect();
    let all_of: String = (0..60)
        .map(|_| "{$ref: '#/components/schemas/T'},")
        .collect();
    let cases = [
        (
            "one parameter named by all",
            format!(
                "openapi: 3.0.0\npaths:\n{named}r: {{description: \"{long}\"}}\ncomponents:\n  parameters:\n    P: {{name: p, in: query, description: \"{long}\"}}\n"
            ),
        ),
        (
            "schemas in a circle",
            format!(
                "openapi: 3.0.0\npaths:\n{named}r: {{content: {{a/b: {{schema: {{$ref: '#/components/schemas/S'}}}}}}}}\ncomponents:\n  schemas:\n    S:\n      properties:\n{wide}"
            ),
        ),
        (
            "wide unions of unions",
            format!(
                "openapi: 3.0.0\npaths:\n{named}r: {{content: {{a/b: {{schema: {{$ref: '#/components/schemas/S'}}}}}}}}\ncomponents:\n  schemas:\n    S: {{allOf: [{all_of}]}}\n    T: {{oneOf: [{}]}}\n    U: {{anyOf: [{all_of}]}}\n",
                all_of.replace("/T'", "/U'")
            ),
        ),
        (
            "references that go round",
            format!(
                "openapi: 3.0.0\npaths:\n  /a: {{$ref: '#/paths/~1b'}}\n  /b: {{$ref: '#/paths/~1a'}}\n{named}r: {{$ref: '#/r'}}\n"
            ),
        ),
        (
            "one name again and again",
            format!(
                "openapi: 3.0.0\npaths:\n{}",
                (0..many)
                    .map(|n| format!("  /p{n}: {{get: {{operationId: a, responses: {{}}}}}}\n"))
                    .collect::<String>()
            ),
        ),
    ];
    for (name, text) in cases {
        let pages = read("openapi.yaml", &text).unwrap_or_default();
        let written: usize = pages.iter().map(|page| page.markdown.len()).sum();
        assert!(
            written <= (1 << 20) + 32 * text.len(),
            "{name}: {} bytes became {written}",
            text.len()
        );
        let paths: HashSet<_> = pages.iter().map(|page| &page.path).collect();
        assert_eq!(paths.len(), pages.len(), "{name}");
    }
}
