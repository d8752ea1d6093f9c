namespace Discovery.Infrastructure;

/// <summary>Types of Consul that have no short name: they stand whole in the error text of a value that is no object.</summary>
internal static class GoTypeNames
{
    public const string ServiceDefinition =
        "struct { EnableTagOverrideSnake bool \"json:\\\"enable_tag_override\\\"\"; TaggedAddressesSnake "
        + "map[string]structs.ServiceAddress \"json:\\\"tagged_addresses\\\"\"; *structs.Alias }";

    public const string CheckType =
        "struct { Interval interface {}; Timeout interface {}; TTL interface {}; "
        + "DeregisterCriticalServiceAfter interface {}; Args []string \"json:\\\"args\\\"\"; ScriptArgsSnake "
        + "[]string \"json:\\\"script_args\\\"\"; DeregisterCriticalServiceAfterSnake interface {} "
        + "\"json:\\\"deregister_critical_service_after\\\"\"; DockerContainerIDSnake string "
        + "\"json:\\\"docker_container_id\\\"\"; TLSSkipVerifySnake bool \"json:\\\"tls_skip_verify\\\"\"; ServiceID "
        + "string \"json:\\\"ServiceID\\\"\"; ServiceIDSnake string \"json:\\\"service_id\\\"\"; *structs.Alias }";

    public const string CheckDefinition =
        "struct { Interval interface {}; Timeout interface {}; TTL interface {}; "
        + "DeregisterCriticalServiceAfter interface {}; Args []string \"json:\\\"args\\\"\"; ScriptArgsSnake "
        + "[]string \"json:\\\"script_args\\\"\"; DeregisterCriticalServiceAfterSnake interface {} "
        + "\"json:\\\"deregister_critical_service_after\\\"\"; DockerContainerIDSnake string "
        + "\"json:\\\"docker_container_id\\\"\"; TLSSkipVerifySnake bool \"json:\\\"tls_skip_verify\\\"\"; ServiceIDSnake "
        + "string \"json:\\\"service_id\\\"\"; *structs.Alias }";

    public const string Proxy =
        "struct { DestinationServiceNameSnake string \"json:\\\"destination_service_name\\\"\"; "
        + "DestinationServiceIDSnake string \"json:\\\"destination_service_id\\\"\"; LocalServiceAddressSnake string "
        + "\"json:\\\"local_service_address\\\"\"; LocalServicePortSnake int \"json:\\\"local_service_port\\\"\"; "
        + "*structs.Alias }";

    public const string Connect =
        "struct { SidecarServiceSnake *structs.ServiceDefinition \"json:\\\"sidecar_service\\\"\"; *structs.Alias "
        + "}";

    public const string HealthCheckDefinition =
        "struct { Interval interface {}; Timeout interface {}; DeregisterCriticalServiceAfter interface {}; "
        + "TTL interface {}; *structs.Alias }";

    public const string TransactionCheckDefinition =
        "struct { IntervalDuration interface {}; TimeoutDuration interface {}; "
        + "DeregisterCriticalServiceAfterDuration interface {}; *api.Alias }";

    public const string DeregisterRequest =
        "struct { Address string; *structs.Alias }";
}
