//! docent as rmcp's server handler: which request is answered by what.

use std::sync::Arc;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams,
        CompleteResult, ContentBlock, CustomRequest, CustomResult, DiscoverResult,
        GetSkillRequestParams, GetSkillResult, Implementation, ListPromptsRequestMethod,
        ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListSkillsResult,
        ListToolsResult, MetaObject, PaginatedRequestParams, ProtocolVersion,
        ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, ServerConfig,
        SubscriptionFilter, Tool,
    },
    service::{RequestContext, SubscriptionContext},
};
use tokio_util::sync::CancellationToken;

use super::{
    arguments::Arguments,
    asker::{Asker, Endpoint, known_version},
    budget::Budget,
    completion,
    freshness::FRESH_MS,
    invalid,
    library::{Holdings, Library},
    line::one_line,
    pool::Failed,
    reply::Reply,
    report, resources,
    skills::{self, Skills},
    tool_call::ToolCall,
    tools,
};
use crate::search::Snapshot;

/// Answers MCP requests from a library. Cheap to clone: one is made for every request.
#[derive(Clone)]
pub struct Docent {
    documents: Arc<Library>,
    transport: Transport,
    endpoint: Endpoint,
    /// Of all answers; in a request of its own, its address may say so.
    budget: Budget,
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
    pub fn new(documents: Arc<Library>, transport: Transport, draining: CancellationToken) -> Self {
        let endpoint = match transport {
            Transport::Stateless => Endpoint::Mcp,
            Transport::Session => Endpoint::Sse,
        };
        Self {
            documents,
            transport,
            endpoint,
            budget: Budget::default(),
            draining,
        }
    }

    /// The same with answers that take no more tokens than these.
    #[must_use]
    pub fn within(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }

    /// The same where questions come in elsewhere, for the log.
    #[must_use]
    pub fn at(self, endpoint: Endpoint) -> Self {
        Self { endpoint, ..self }
    }

    /// What is served now.
    pub(super) fn current(&self) -> Arc<Holdings> {
        self.documents.current()
    }

    /// Answers a call of a tool, and makes something of what it says: at once where the answer is there in a moment, else beside
    /// the threads that answer requests.
    pub(super) async fn call<R: Send + 'static>(
        &self,
        mut call: ToolCall,
        make: impl FnOnce(Reply, &Holdings) -> R + Send + 'static,
    ) -> Result<R, Failed> {
        call.asker.endpoint = self.endpoint;
        let holdings = self.documents.current();
        let words = self.documents.words();
        if call.is_short(&holdings.familiar) {
            let (reply, took) = call.answer(&holdings, words);
            holdings.familiar.check(took);
            return Ok(make(reply, &holdings));
        }
        let answer = move || make(call.answer(&holdings, words).0, &holdings);
        self.documents.aside(answer).await
    }

    /// Looks something else up in the same way. What goes wrong is told the client, and logged with what was
    /// asked for.
    async fn look_up<R: Send + 'static>(
        &self,
        method: &'static str,
        asked: String,
        look_up: impl FnOnce(&Snapshot) -> Result<R, ErrorData> + Send + 'static,
    ) -> Result<R, ErrorData> {
        let holdings = self.documents.current();
        let found = self.documents.aside(move || look_up(&holdings.snapshot));
        found.await.unwrap_or_else(|error| {
            tracing::error!(
                target: "docent::search",
                method,
                asked = self.documents.words().line(&asked),
                %error,
                "a request failed"
            );
            Err(ErrorData::internal_error(
                "This request failed, by a fault of the server that its operator finds in the log.",
                None,
            ))
        })
    }

    /// What each result of a version without a handshake says of the server.
    fn server_info(&self, context: &RequestContext<RoleServer>) -> Option<MetaObject> {
        is_modern(context).then(|| self.documents.current().meta.clone())
    }

    /// Whether the tool `report` is offered here: `/chatgpt` has two tools and no more.
    fn takes_reports(&self) -> bool {
        self.endpoint != Endpoint::ChatGpt && self.documents.takes_reports()
    }

    async fn report(
        &self,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (library, asker) = (Arc::clone(&self.documents), self.asker(context));
        let arguments = Arguments::new(request.arguments);
        let take = move || {
            let holdings = library.current();
            library.reports.take(&arguments, &asker, &holdings.snapshot)
        };
        let reply = self.documents.aside(take).await;
        let reply = reply.unwrap_or_else(|error| Reply::failed(&error));
        let content = vec![ContentBlock::text(reply.text)];
        let mut result = match reply.is_error {
            true => CallToolResult::error(content),
            false => CallToolResult::success(content),
        };
        result.meta = self.server_info(context);
        Ok(result.into())
    }

    async fn skills(&self) -> Result<Arc<Skills>, ErrorData> {
        let holdings = self.documents.current();
        let read = self.documents.aside(move || holdings.skills()).await;
        read.map_err(|error| {
            tracing::error!(target: "docent::search", %error, "skills cannot be read");
            ErrorData::internal_error("The skills cannot be read at the moment.", None)
        })
    }

    /// What answers may take: as the session, or the address of the request, has it.
    fn budget(&self, context: &RequestContext<RoleServer>) -> Budget {
        let parts = context.extensions.get::<axum::http::request::Parts>();
        let parts = parts.filter(|_| self.transport == Transport::Stateless);
        // What is invalid has been refused.
        let own = parts.and_then(|parts| Budget::of(parts.uri.query()).ok());
        own.unwrap_or(self.budget)
    }

    /// Who asks. The client's name and version are from the request, the session, or its `User-Agent`.
    fn asker(&self, context: &RequestContext<RoleServer>) -> Asker {
        let parts = context.extensions.get::<axum::http::request::Parts>();
        let version = match self.transport {
            Transport::Stateless => context.meta.protocol_version(),
            Transport::Session => context.protocol_version(),
        };
        let version = version.as_ref().map(ProtocolVersion::as_str).or_else(|| {
            let header = parts?.headers.get("mcp-protocol-version")?;
            header.to_str().ok()
        });
        Asker {
            endpoint: self.endpoint,
            client: self.client(context, parts),
            protocol: version.and_then(known_version),
            address: parts.and_then(|parts| parts.extensions.get().copied()),
            admission: parts.and_then(|parts| parts.extensions.get().cloned()),
        }
    }

    fn client(
        &self,
        context: &RequestContext<RoleServer>,
        parts: Option<&axum::http::request::Parts>,
    ) -> String {
        let info = context.meta.client_info().or_else(|| match self.transport {
            // rmcp puts a stand-in there for a client that no session knows.
            Transport::Stateless => None,
            Transport::Session => context.client_info(),
        });
        if let Some(info) = info {
            return client_name(&info);
        }
        let agent = parts
            .and_then(|parts| parts.headers.get(axum::http::header::USER_AGENT))
            .and_then(|agent| agent.to_str().ok());
        one_line(agent.unwrap_or("unknown"), 80)
    }
}

impl ServerHandler for Docent {
    fn get_info(&self) -> ServerConfig {
        self.documents.current().config.clone()
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info())
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(self.documents.cache_scope()))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        one_page(request)?;
        let mut tools = self.documents.current().tools(self.endpoint).to_vec();
        if self.takes_reports() {
            tools.push(report::definition());
        }
        if let Some(told) = self.budget(&context).told() {
            for tool in &mut tools {
                tool.description
                    .get_or_insert_default()
                    .to_mut()
                    .push_str(&told);
            }
        }
        let mut result = ListToolsResult::with_all_items(tools)
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(self.documents.cache_scope());
        result.meta = self.server_info(&context);
        Ok(result)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        if name == report::NAME && self.takes_reports() {
            return Some(report::definition());
        }
        let holdings = self.documents.current();
        holdings
            .tools(self.endpoint)
            .iter()
            .find(|tool| tool.name == name)
            .cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if request.name == report::NAME && self.takes_reports() {
            return self.report(request, &context).await;
        }
        let Some(tool) = tools::Name::parse(self.endpoint, &request.name) else {
            let tools = tools::Name::at(self.endpoint).iter();
            let names: Vec<&str> = tools.map(|tool| tool.as_str()).collect();
            return Err(ErrorData::invalid_params(
                format!(
                    "There is no tool `{}`: the tools are {}.",
                    one_line(&request.name, 80),
                    names.join(", ")
                ),
                None,
            ));
        };
        let parts = context.extensions.get::<axum::http::request::Parts>();
        let call = ToolCall {
            tool,
            arguments: Arguments::new(request.arguments),
            budget: self.budget(&context),
            asker: self.asker(&context),
            site: parts.and_then(|parts| parts.extensions.get().cloned()),
        };
        let reply = self.call(call, |reply, _| reply).await;
        let reply = reply.unwrap_or_else(|error| Reply::failed(&error));
        let structure = reply
            .is_structured
            .then(|| serde_json::from_str(&reply.text));
        let content = vec![ContentBlock::text(reply.text)];
        let mut result = if reply.is_error {
            CallToolResult::error(content)
        } else {
            CallToolResult::success(content)
        };
        result.structured_content = structure.and_then(Result::ok);
        result.meta = self.server_info(&context);
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
        let asked = cursor.clone().unwrap_or_default();
        let list = move |snapshot: &Snapshot| resources::list(snapshot, cursor.as_deref());
        let result = self.look_up("resources/list", asked, list).await?;
        let mut result = result.with_cache_scope(self.documents.cache_scope());
        result.meta = self.server_info(&context);
        Ok(result)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        one_page(request)?;
        let mut result = resources::templates().with_cache_scope(self.documents.cache_scope());
        result.meta = self.server_info(&context);
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let uri = request.uri.clone();
        if skills::is_uri(&uri) {
            let contents = self.skills().await?.contents(&uri);
            let contents = contents.ok_or_else(|| resources::unknown(&uri))?;
            let mut result = ReadResourceResult::new(vec![contents])
                .with_ttl_ms(FRESH_MS)
                .with_cache_scope(self.documents.cache_scope());
            result.meta = self.server_info(&context);
            return Ok(result.into());
        }
        let read = move |snapshot: &Snapshot| resources::read(snapshot, &request.uri);
        let result = self.look_up("resources/read", uri, read).await?;
        let mut result = result.with_cache_scope(self.documents.cache_scope());
        result.meta = self.server_info(&context);
        Ok(result.into())
    }

    async fn list_skills(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListSkillsResult, ErrorData> {
        one_page(request)?;
        let skills = self.skills().await?;
        let mut result = ListSkillsResult::with_all_items(skills.all.clone())
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(self.documents.cache_scope());
        result.meta = self.server_info(&context);
        Ok(result)
    }

    async fn get_skill(
        &self,
        request: GetSkillRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetSkillResult, ErrorData> {
        let skills = self.skills().await?;
        let Some(skill) = skills.find(&request.uri) else {
            let uri = one_line(&request.uri, 300);
            let message = format!("No skill is served at {uri}.");
            return Err(ErrorData::invalid_params(message, None));
        };
        let mut result = GetSkillResult::new(skill.clone())
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(self.documents.cache_scope());
        result.meta = self.server_info(&context);
        Ok(result)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let asked = request.argument.value.clone();
        let complete = move |snapshot: &Snapshot| completion::complete(snapshot, &request);
        let mut result = self.look_up("completion/complete", asked, complete).await?;
        result.meta = self.server_info(&context);
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

/// The versions of the protocol that are spoken.
pub fn protocol_versions() -> Vec<&'static str> {
    let known = ProtocolVersion::KNOWN_VERSIONS.iter();
    known.map(ProtocolVersion::as_str).collect()
}

/// Whether a request is of a version without a handshake.
fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}

/// A client's name and version, for the log.
pub(super) fn client_name(client: &Implementation) -> String {
    one_line(&format!("{}/{}", client.name, client.version), 80)
}

/// Some lists come in one page, since some clients read no second one: no cursor is for them.
fn one_page(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor) {
        None => Ok(()),
        Some(_) => Err(resources::foreign_cursor()),
    }
}
