using static Discovery.Node.ConsulDialect.ValueKind;

namespace Discovery.Node.ConsulDialect;

internal static partial class DialectTable
{
    /// <summary>A check; <see cref="Definitions"/> makes one of Discovery of it.</summary>
    public static KeyShape Check { get; } = new(
    [
        Part("id", Text),
        Part("name", Text),
        Part("notes", Text),
        Part("status", Text),
        Part("interval", Duration),
        Part("timeout", Duration),
        Part("ttl", Duration),
        Part("http", Text),
        Part("header", TextsMap),
        Part("method", Text),
        Part("body", Text),
        Part("tcp", Text),
        Part("grpc", Text),
        Part("grpc_use_tls", Bool),
        Part("args", Texts) with { Alias = "scriptargs" },
        Part("script", Text),
        Part("alias_node", Text),
        Part("alias_service", Text),
        Part("tls_skip_verify", Bool) with { Alias = "tlsskipverify" },
        Part("success_before_passing", Whole),
        Part("failures_before_critical", Whole),
        Part("deregister_critical_service_after", Duration)
            with { Alias = "deregistercriticalserviceafter" },
        Part("output_max_size", Whole),
        Part("service_id", Text) with { Alias = "serviceid" },
        None("docker_container_id", Text) with { Alias = "dockercontainerid" },
        None("shell", Text),
        None("token", Text),
    ]);

    /// <summary>A service; <see cref="Definitions"/> makes a registration of it.</summary>
    public static KeyShape Service { get; } = new([.. ServiceKeys(), .. SidecarKeys(2)]);

    private static KeyShape Provider { get; } = new([None("accessor_id", Text), None("secret_id", Text)]);

    private static KeyShape Sink { get; } = new(
    [
        None("name", Text),
        None("type", Text),
        None("format", Text),
        None("path", Text),
        None("delivery_guarantee", Text),
        None("rotate_bytes", Whole),
        None("rotate_duration", Duration),
        None("rotate_max_files", Whole),
    ]);

    private static KeyShape Segment { get; } = new(
        [None("advertise", Text), None("bind", Text), None("name", Text), None("port", Whole), None("rpc_listener", Bool)]);

    private static DialectKey[] ServiceKeys() =>
    [
        Part("id", Text),
        Part("name", Text),
        Part("tags", Texts),
        Part("address", Text),
        Part("port", Whole),
        Part("meta", TextMap),
        Part("tagged_addresses", ObjectMap) with { Shape = new KeyShape([Part("address", Text), Part("port", Whole)]) },
        Part("weights.passing", Whole),
        Part("weights.warning", Whole),
        Part("enable_tag_override", Bool),
        Part("check", ValueKind.Object) with { Shape = Check },
        Part("checks", Objects) with { Shape = Check },
        None("token", Text),
        None("kind", Text),
        .. ProxyKeys(),
        None("connect.native", Bool),
    ];

    // A sidecar is a service again; one inside a sidecar is known, and refused later.
    private static DialectKey[] SidecarKeys(int levels) => levels == 0 ? [] :
    [
        None("connect.sidecar_service", ValueKind.Object) with { Shape = new KeyShape([.. ServiceKeys(), .. SidecarKeys(levels - 1)]) },
    ];

    private static DialectKey[] ProxyKeys() =>
    [
        None("proxy.config", AnyMap),
        None("proxy.destination_service_id", Text),
        None("proxy.destination_service_name", Text),
        None("proxy.local_service_address", Text),
        None("proxy.local_service_port", Whole),
        None("proxy.mesh_gateway.mode", Text),
        None("proxy.expose.checks", Bool),
        None("proxy.expose.port", Whole),
        None("proxy.expose.paths", Objects) with
        {
            Shape = new KeyShape(
                [None("listener_port", Whole), None("local_path_port", Whole), None("path", Text), None("protocol", Text)]),
        },
        None("proxy.upstreams", Objects) with
        {
            Shape = new KeyShape(
            [
                None("config", AnyMap),
                None("datacenter", Text),
                None("destination_name", Text),
                None("destination_namespace", Text),
                None("destination_type", Text),
                None("local_bind_address", Text),
                None("local_bind_port", Whole),
                None("mesh_gateway.mode", Text),
            ]),
        },
    ];
}
