// A stand-in for a language model, on loopback: it speaks the interfaces of OpenAI (Responses and Chat
// Completions), Anthropic and Google, streamed or not, and always does the same with docent's tools.
//
// It searches, reads the page that comes first, and answers with the line of that page it was asked for. It
// learns the tools' names, the page and the line from what the agent hands on, as a model does, so an answer
// with that line went the whole way.
import { createServer } from "node:http";

/**
 * Starts the stand-in; it runs as long as this process.
 *
 * @param task.query what to search for
 * @param task.page  a regular expression for the id of the page to read, in the answer of the search
 * @param task.line  a regular expression for what to answer with, in the text of that page
 * @returns {Promise<{url: string, name: string, asked: string[], called: string[], told: string[]}>} where it is, what it is
 *   called, what it was asked for (method and path), which tools it called, and what they told it.
 */
export async function startModel(task) {
  const seen = { asked: [], called: [], told: [] };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://model");
    seen.asked.push(`${request.method} ${pathname}`);
    const body = await bodyOf(request);
    const wire = WIRES.find(({ path }) => path.test(pathname));
    if (request.method !== "POST" || !wire) {
      const known = /\/models$/.test(pathname);
      response.writeHead(known ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(known ? { object: "list", data: [{ id: MODEL, object: "model" }] } : { error: { message: "not here" } }));
      return;
    }
    const { tools, results } = wire.read(body);
    seen.told = results.length > seen.told.length ? results : seen.told;
    const step = nextStep(task, tools, results);
    if (step.call) seen.called.push(step.call.name);
    const streamed = body.stream === true || pathname.includes(":stream");
    response.writeHead(200, { "content-type": streamed ? "text/event-stream" : "application/json" });
    response.end(streamed ? wire.stream(step, body) : JSON.stringify(wire.whole(step, body)));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return Object.assign(seen, { name: MODEL, url: `http://127.0.0.1:${server.address().port}` });
}

const MODEL = "stand-in";

// What a model would do next: { call, input } or { say }.
function nextStep({ query, page, line }, tools, results) {
  const named = (what) => tools.find(({ name }) => new RegExp(`docent[^a-z]*${what}$`, "i").test(name));
  const search = named("search");
  // Agents also ask for titles and summaries, without tools.
  if (tools.length === 0) return { say: "A question about the documentation" };
  if (!search) {
    // Where an agent hides the tools of servers behind a tool of its own, a model asks that first.
    const finder = tools.find(({ name }) => /^tool_?search/i.test(name));
    if (!finder || results.length > 0) return { say: `There is no tool of docent's among ${tools.map(({ name }) => name)}` };
    return { call: finder, input: { query: "docent search read", limit: 5, max_results: 5 } };
  }
  const text = results.join("\n");
  const [answer] = text.match(line) ?? [];
  if (answer && results.length > 1) return { say: `The documentation says: ${answer}` };
  const [id] = text.match(page) ?? [];
  if (!id) return results.length === 0 || !text.includes("docent") ? { call: search, input: { query } } : { say: `The search found nothing: ${text}` };
  const read = named("read");
  return read && results.length < 4 ? { call: read, input: { id } } : { say: `The page could not be read: ${text}` };
}

const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
let calls = 0;
const id = (kind) => `${kind}_${++calls}`;

// Each interface: which path it is at, what of a request matters (the tools offered, by name, and the texts of
// the tools' results so far), and how a step is answered.
const WIRES = [
  {
    path: /\/responses$/,
    read: ({ tools = [], input = [] }) => ({
      tools: tools.flatMap((tool) =>
        tool.type === "namespace"
          ? tool.tools.map(({ name }) => ({ name: `${tool.name}__${name}`, plain: name, namespace: tool.name }))
          : [{ name: tool.name ?? tool.type, plain: tool.name }],
      ),
      results: (Array.isArray(input) ? input : [])
        .filter(({ type }) => type === "function_call_output")
        .map(({ output }) => flat(output)),
    }),
    whole: (step) => ({
      id: id("resp"),
      object: "response",
      created_at: 0,
      status: "completed",
      model: MODEL,
      output: [
        step.call
          ? {
              type: "function_call",
              id: id("fc"),
              call_id: id("call"),
              status: "completed",
              name: step.call.plain,
              ...(step.call.namespace && { namespace: step.call.namespace }),
              arguments: JSON.stringify(step.input),
            }
          : {
              type: "message",
              id: id("msg"),
              status: "completed",
              role: "assistant",
              content: [{ type: "output_text", text: step.say, annotations: [] }],
            },
      ],
      usage: { ...usage, input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
    }),
    stream(step, body) {
      const response = this.whole(step, body);
      const [item] = response.output;
      const at = { output_index: 0, item_id: item.id };
      const part = { ...at, content_index: 0 };
      const events = step.call
        ? [
            ["function_call_arguments.delta", { ...at, delta: item.arguments }],
            ["function_call_arguments.done", { ...at, arguments: item.arguments }],
          ]
        : [
            ["content_part.added", { ...part, part: { type: "output_text", text: "", annotations: [] } }],
            ["output_text.delta", { ...part, delta: step.say }],
            ["output_text.done", { ...part, text: step.say }],
            ["content_part.done", { ...part, part: item.content[0] }],
          ];
      const begun = { ...item, status: "in_progress", ...(step.call ? { arguments: "" } : { content: [] }) };
      return [
        ["created", { response: { ...response, status: "in_progress", output: [], usage: null } }],
        ["output_item.added", { output_index: 0, item: begun }],
        ...events,
        ["output_item.done", { output_index: 0, item }],
        ["completed", { response }],
      ]
        .map(([type, data], n) => event({ type: `response.${type}`, sequence_number: n, ...data }, `response.${type}`))
        .join("");
    },
  },
  {
    path: /\/chat\/completions$/,
    read: ({ tools = [], messages = [] }) => ({
      tools: tools.map((tool) => ({ name: tool.function?.name ?? tool.type })),
      results: messages.filter(({ role }) => role === "tool").map(({ content }) => flat(content)),
    }),
    message: (step) => ({
      role: "assistant",
      content: step.say ?? null,
      ...(step.call && {
        tool_calls: [
          { index: 0, id: id("call"), type: "function", function: { name: step.call.name, arguments: JSON.stringify(step.input) } },
        ],
      }),
    }),
    envelope: (object, choice) => ({
      id: id("chatcmpl"),
      object,
      created: 0,
      model: MODEL,
      choices: [{ index: 0, ...choice }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    }),
    whole(step) {
      return this.envelope("chat.completion", { message: this.message(step), finish_reason: step.call ? "tool_calls" : "stop" });
    },
    stream(step) {
      const chunk = (choice) => event(this.envelope("chat.completion.chunk", choice));
      return [
        chunk({ delta: this.message(step), finish_reason: null }),
        chunk({ delta: {}, finish_reason: step.call ? "tool_calls" : "stop" }),
        "data: [DONE]\n\n",
      ].join("");
    },
  },
  {
    path: /\/messages$/,
    read: ({ tools = [], messages = [] }) => ({
      tools: tools.map(({ name }) => ({ name })),
      results: messages
        .flatMap(({ content }) => (Array.isArray(content) ? content : []))
        .filter(({ type }) => type === "tool_result")
        .map(({ content }) => flat(content)),
    }),
    whole: (step) => ({
      id: id("msg"),
      type: "message",
      role: "assistant",
      model: MODEL,
      content: [step.call ? { type: "tool_use", id: id("toolu"), name: step.call.name, input: step.input } : { type: "text", text: step.say }],
      stop_reason: step.call ? "tool_use" : "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    }),
    stream(step) {
      const message = this.whole(step);
      const [block] = message.content;
      const [begun, delta] = step.call
        ? [{ ...block, input: {} }, { type: "input_json_delta", partial_json: JSON.stringify(block.input) }]
        : [{ ...block, text: "" }, { type: "text_delta", text: block.text }];
      return [
        { type: "message_start", message: { ...message, content: [], stop_reason: null } },
        { type: "content_block_start", index: 0, content_block: begun },
        { type: "content_block_delta", index: 0, delta },
        { type: "content_block_stop", index: 0 },
        { type: "message_delta", delta: { stop_reason: message.stop_reason, stop_sequence: null }, usage: { output_tokens: 1 } },
        { type: "message_stop" },
      ]
        .map((data) => event(data, data.type))
        .join("");
    },
  },
  {
    path: /:(streamG|g)enerateContent$/,
    read: ({ tools = [], contents = [] }) => ({
      tools: tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => ({ name }))),
      results: contents
        .flatMap(({ parts = [] }) => parts)
        .filter((part) => part.functionResponse)
        .map((part) => flat(part.functionResponse.response)),
    }),
    whole: (step) => ({
      candidates: [
        {
          index: 0,
          content: { role: "model", parts: [step.call ? { functionCall: { name: step.call.name, args: step.input } } : { text: step.say }] },
          finishReason: "STOP",
        },
      ],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
      modelVersion: MODEL,
    }),
    stream(step) {
      return event(this.whole(step));
    },
  },
];

function event(data, name) {
  return `${name ? `event: ${name}\n` : ""}data: ${JSON.stringify(data)}\n\n`;
}

// The texts in a tool's result, however an agent wraps them.
function flat(value) {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object") return "";
  return Object.values(value).map(flat).filter(Boolean).join("\n");
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return {}; // Not a request of one of the interfaces.
  }
}
