//! docent as rmcp's server handler: which request is answered by what.

use std::{
    sync::{Arc, LazyLock},
    time::Instant,
};

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams,
        CompleteResult, ContentBlock, CustomRequest, CustomResult, DiscoverResult,
        ListPromptsRequestMethod, ListPromptsResult, ListResourceTemplatesResult,
        ListResourcesResult, ListToolsResult, MetaObject, PaginatedRequestParams, ProtocolVersion,
        ReadResourceRequestParams, ReadResourceResponse, ServerConfig, SubscriptionFilter, Tool,
    },
    service::{RequestContext, SubscriptionContext},
};
use tokio_util::sync::CancellationToken;

use super::{
    arguments::Arguments,
    completion,
    freshness::FRESH_MS,
    invalid,
    library::{Library, implementation},
    line::one_line,
    reply::Reply,
    resources, tools,
};

/// Answers MCP requests from a library. Cheap to clone: one is made for every request.
#[derive(Clone)]
pub struct Docent {
    library: Arc<Library>,
    transport: Transport,
    draining: CancellationToken,
}

/// How requests come in, which decides where a client's name is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Streamable HTTP without sessions: each request stands alone.
    Stateless,
    /// HTTP+SSE: the client has said its name when the session began.
    Session,
}

impl Docent {
    /// Serves a library to one client or request. Subscriptions end with `draining`.
    pub fn new(library: Arc<Library>, transport: Transport, draining: CancellationToken) -> Self {
        Self {
            library,
            transport,
            draining,
        }
    }

    /// Runs a tool; `None` where there is none of this name.
    pub(super) fn run(
        &self,
        name: &str,
        arguments: &Arguments,
        client: impl Fn() -> String,
    ) -> Option<Reply> {
        let started = Instant::now();
        let holdings = self.library.current();
        let tools::Outcome { asked, reply } = tools::call(name, arguments, &holdings.snapshot)?;
        let microseconds = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        if name == "search" {
            tracing::info!(
                target: "docent::search",
                tool = "search",
                query = one_line(&asked, 200),
                hits = reply.hits,
                microseconds,
                client = client(),
                "search"
            );
        } else {
            tracing::debug!(
                target: "docent::search",
                tool = name,
                query = one_line(&asked, 200),
                hits = reply.hits,
                microseconds,
                client = client(),
                "call"
            );
        }
        Some(reply)
    }

    /// The client's name and version: from the request, the session, or its `User-Agent`.
    fn client(&self, context: &RequestContext<RoleServer>) -> String {
        let info = context.meta.client_info().or_else(|| match self.transport {
            // rmcp puts a stand-in there for a client that no session knows.
            Transport::Stateless => None,
            Transport::Session => context.client_info(),
        });
        if let Some(info) = info {
            return one_line(&format!("{}/{}", info.name, info.version), 80);
        }
        let agent = context
            .extensions
            .get::<axum::http::request::Parts>()
            .and_then(|parts| parts.headers.get(axum::http::header::USER_AGENT))
            .and_then(|agent| agent.to_str().ok());
        one_line(agent.unwrap_or("unknown"), 80)
    }
}

impl ServerHandler for Docent {
    fn get_info(&self) -> ServerConfig {
        self.library.current().config.clone()
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info())
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        one_page(request)?;
        let tools = self.library.current().tools.clone();
        let mut result = ListToolsResult::with_all_items(tools)
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(CacheScope::Public);
        result.meta = server_info(&context);
        Ok(result)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let holdings = self.library.current();
        holdings
            .tools
            .iter()
            .find(|tool| tool.name == name)
            .cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = Arguments::new(request.arguments);
        let reply = self.run(&request.name, &arguments, || self.client(&context));
        let Some(reply) = reply else {
            return Err(ErrorData::invalid_params(
                format!(
                    "There is no tool `{}`: the tools are search, read and browse.",
                    one_line(&request.name, 80)
                ),
                None,
            ));
        };
        let content = vec![ContentBlock::text(reply.text)];
        let mut result = if reply.is_error {
            CallToolResult::error(content)
        } else {
            CallToolResult::success(content)
        };
        result.meta = server_info(&context);
        Ok(result.into())
    }

    /// Not offered, so not even as an empty list.
    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        let mut result = resources::list(&self.library.current().snapshot, cursor.as_deref())?;
        result.meta = server_info(&context);
        Ok(result)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        one_page(request)?;
        let mut result = resources::templates();
        result.meta = server_info(&context);
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let mut result = resources::read(&self.library.current().snapshot, &request.uri)?;
        result.meta = server_info(&context);
        Ok(result.into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let mut result = completion::complete(&self.library.current().snapshot, &request)?;
        result.meta = server_info(&context);
        Ok(result)
    }

    /// Nothing that docent offers is announced when it changes: rmcp takes from this what the
    /// capabilities do not name, and acknowledges that.
    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        tokio::select! {
            () = subscription.cancelled() => {}
            () = self.draining.cancelled() => {}
        }
        Ok(())
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(invalid::refusal(request, is_modern(&context)))
    }
}

/// Whether a request is of a version without a handshake.
fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}

/// What each result of such a version says of the server (MCP 2026-07-28, "Per-response protocol
/// fields").
fn server_info(context: &RequestContext<RoleServer>) -> Option<MetaObject> {
    static INFO: LazyLock<MetaObject> = LazyLock::new(|| {
        let mut meta = MetaObject::new();
        if let Ok(implementation) = serde_json::to_value(implementation()) {
            meta.insert(
                "io.modelcontextprotocol/serverInfo".to_owned(),
                implementation,
            );
        }
        meta
    });
    is_modern(context).then(|| INFO.clone())
}

/// Some lists come in one page, since some clients read no second one: no cursor is for them.
fn one_page(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor) {
        None => Ok(()),
        Some(_) => Err(resources::foreign_cursor()),
    }
}
