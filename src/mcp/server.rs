//! docent as rmcp's server handler: which request is answered by what.

use std::{sync::Arc, time::Instant};

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams,
        CompleteResult, ContentBlock, DiscoverResult, ListResourceTemplatesResult,
        ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams,
        ReadResourceResponse, ServerConfig, Tool,
    },
    service::RequestContext,
};

use super::{
    arguments::Arguments, freshness::FRESH_MS, library::Library, line::one_line, reply::Reply,
    resources, tools,
};

/// Answers MCP requests from a library. Cheap to clone: one is made for every request.
#[derive(Clone)]
pub struct Docent {
    library: Arc<Library>,
    transport: Transport,
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
    /// Serves a library to one client or request.
    pub fn new(library: Arc<Library>, transport: Transport) -> Self {
        Self { library, transport }
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
        let tools::Outcome { asked, reply } =
            tools::call(name, arguments, &holdings.snapshot, &self.library.fence)?;
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
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        // All in one page: some clients read no second one.
        let tools = self.library.current().tools.clone();
        Ok(ListToolsResult::with_all_items(tools)
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(CacheScope::Public))
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
        Ok(if reply.is_error {
            CallToolResult::error(content).into()
        } else {
            CallToolResult::success(content).into()
        })
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        resources::list(&self.library.current().snapshot, cursor.as_deref())
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(resources::templates())
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(&self.library.current().snapshot, &request.uri).map(Into::into)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Ok(resources::complete(
            &self.library.current().snapshot,
            &request,
        ))
    }
}
