using static Discovery.Node.ConsulDialect.ValueKind;

namespace Discovery.Node.ConsulDialect;

/// <summary>The one table: every configuration key and flag of Consul 1.8.7, and what it is here.</summary>
/// <remarks>
/// <see cref="To"/> names the key below <c>Discovery</c> that takes the value; <see cref="Part"/> is read with others by
/// <see cref="Translation"/>; <see cref="Moot"/> asks for what is so anyway; <see cref="None"/> is accepted with a warning.
/// </remarks>
internal static partial class DialectTable
{
    private static KeyShape? s_root;

    /// <summary>What a configuration may hold.</summary>
    public static KeyShape Root => s_root ??= new KeyShape(
    [
        .. Node(), .. Listeners(), .. Requests(), .. Dns(), .. Checks(), .. Process(),
        .. Unbuilt(), .. Mesh(), .. Cluster(), .. Telemetry(),
    ]);

    private static DialectKey[] Node() =>
    [
        To("node_name", Text, "Node:NodeName", "node"),
        To("node_id", Text, "Node:NodeId", "node-id"),
        To("node_meta", TextMap, "Node:Meta", "node-meta"),
        To("datacenter", Text, "Node:Datacenter", "datacenter"),
        Part("data_dir", Text, "data-dir"),
        Part("server", Bool, "server"),
        Part("bootstrap", Bool, "bootstrap"),
        Part("bootstrap_expect", Whole, "bootstrap-expect"),
        Part("bind_addr", Text, "bind"),
        Part("advertise_addr", Text, "advertise"),
        To("ports.server", Whole, "Node:ServerPort", "server-port"),
        To("ports.serf_lan", Whole, "Node:SerfLanPort", "serf-lan-port"),
        To("ports.serf_wan", Whole, "Node:SerfWanPort", "serf-wan-port"),
        To("performance.leave_drain_time", Duration, "Node:DrainDelay"),
        To("ae_interval", Duration, "Agent:SyncInterval"),
        Moot("disable_host_node_id", Bool, "disable-host-node-id"),
    ];

    private static DialectKey[] Listeners() =>
    [
        Part("client_addr", Text, "client"),
        Part("addresses.http", Text),
        Part("addresses.dns", Text),
        Part("ports.http", Whole, "http-port"),
        Part("ports.dns", Whole, "dns-port"),
        Part("ports.https", Whole, "https-port"),
        Part("ports.grpc", Whole, "grpc-port"),
        Part("unix_sockets.mode", Text),
        None("unix_sockets.user", Text),
        None("unix_sockets.group", Text),
        None("addresses.https", Text),
        None("addresses.grpc", Text),
    ];

    private static DialectKey[] Requests() =>
    [
        To("http_config.allow_write_http_from", Texts, "Http:AllowWriteFrom", "allow-write-http-from"),
        To("http_config.block_endpoints", Texts, "Http:BlockEndpoints"),
        To("http_config.response_headers", TextMap, "Http:ResponseHeaders"),
        To("default_query_time", Duration, "Http:DefaultQueryTime", "default-query-time"),
        To("max_query_time", Duration, "Http:MaxQueryTime", "max-query-time"),
        To("limits.kv_max_value_size", Unsigned64, "Http:KeyValueBytesMax"),
        To("limits.txn_max_req_len", Unsigned64, "Http:TransactionBytesMax"),
        To("session_ttl_min", Duration, "SessionLimits:TtlMin"),
        To("telemetry.prometheus_retention_time", Duration, "Http:PrometheusRetention"),
        To("ui", Bool, "Http:UiEnabled", "ui"),
        None("http_config.use_cache", Bool),
        None("ui_dir", Text, "ui-dir"),
        None("ui_content_path", Text, "ui-content-path"),
        None("discovery_max_stale", Duration),
        None("disable_http_unprintable_char_filter", Bool),
        None("enable_debug", Bool),
    ];

    private static DialectKey[] Dns() =>
    [
        To("domain", Text, "Dns:Domain", "domain"),
        To("alt_domain", Text, "Dns:AltDomain", "alt-domain"),
        To("recursors", Texts, "Dns:Recursors", "recursor"),
        To("dns_config.recursor_timeout", Duration, "Dns:RecursorTimeout"),
        To("dns_config.node_ttl", Duration, "Dns:NodeTtl"),
        To("dns_config.service_ttl", DurationMap, "Dns:ServiceTtl"),
        To("dns_config.only_passing", Bool, "Dns:OnlyPassing"),
        To("dns_config.udp_answer_limit", Whole, "Dns:UdpAnswerLimit"),
        To("dns_config.a_record_limit", Whole, "Dns:ARecordLimit"),
        To("dns_config.enable_truncate", Bool, "Dns:EnableTruncate"),
        To("dns_config.disable_compression", Bool, "Dns:DisableCompression"),
        To("dns_config.enable_additional_node_meta_txt", Bool, "Dns:EnableAdditionalNodeMetaTxt"),
        To("dns_config.allow_stale", Bool, "Dns:AllowStale"),
        To("dns_config.max_stale", Duration, "Dns:MaxStale"),
        Seconds("dns_config.soa.refresh", "Dns:Soa:Refresh"),
        Seconds("dns_config.soa.retry", "Dns:Soa:Retry"),
        Seconds("dns_config.soa.expire", "Dns:Soa:Expire"),
        Seconds("dns_config.soa.min_ttl", "Dns:Soa:MinTtl"),
        To("translate_wan_addrs", Bool, "Dns:TranslateWanAddresses"),
        None("dns_config.use_cache", Bool),
        None("dns_config.cache_max_age", Duration),
        None("dns_config.prefer_namespace", Bool),
    ];

    private static DialectKey[] Checks() =>
    [
        Part("service", ValueKind.Object) with { Shape = Service },
        Part("services", Objects) with { Shape = Service },
        Part("check", ValueKind.Object) with { Shape = Check },
        Part("checks", Objects) with { Shape = Check },
        Part("enable_script_checks", Bool, "enable-script-checks"),
        Part("enable_local_script_checks", Bool, "enable-local-script-checks"),
        To("check_output_max_size", Whole, "Health:CheckOutputMaxSize", "check_output_max_size"),
        To("check_update_interval", Duration, "Health:OutputUpdateInterval"),
        None("discard_check_output", Bool),
        None("enable_agent_tls_for_checks", Bool),
        To("check_deregister_interval_min", Duration, "Http:CheckDeregisterIntervalMin"),
        None("check_reap_interval", Duration),
        None("enable_central_service_config", Bool),
        Part("discovery", AnyMap),
    ];

    private static DialectKey[] Process() =>
    [
        Part("log_level", Text, "log-level"),
        Part("pid_file", Text, "pid-file"),
        Part("leave_on_terminate", Bool),
        Part("skip_leave_on_interrupt", Bool),
        None("log_json", Bool, "log-json"),
        None("log_file", Text, "log-file"),
        None("log_rotate_bytes", Whole, "log-rotate-bytes"),
        None("log_rotate_duration", Duration, "log-rotate-duration"),
        None("log_rotate_max_files", Whole, "log-rotate-max-files"),
        None("enable_syslog", Bool, "syslog"),
        None("syslog_facility", Text),
        Moot("disable_update_check", Bool),
        Moot("disable_anonymous_signature", Bool),
        None("version", Text),
        None("version_prerelease", Text),
        None("revision", Text),
    ];

    private static DialectKey To(string path, ValueKind kind, string target, string flag = "") =>
        new(path, kind) { Handling = Handling.Mapped, Target = target, Flag = flag };

    private static DialectKey Seconds(string path, string target) => To(path, Unsigned32, target) with { IsInSeconds = true };

    private static DialectKey Part(string path, ValueKind kind, string flag = "") =>
        new(path, kind) { Handling = Handling.Composed, Flag = flag };

    private static DialectKey Moot(string path, ValueKind kind, string flag = "") =>
        new(path, kind) { Handling = Handling.Moot, Flag = flag };

    private static DialectKey None(string path, ValueKind kind, string flag = "") => new(path, kind) { Flag = flag };
}
