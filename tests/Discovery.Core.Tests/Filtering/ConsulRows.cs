using System.Text.Json;

namespace Discovery.Filtering.Tests;

internal sealed record AddressRow(string? Address, int Port);

internal sealed record UpstreamRow(string? DestinationName, int LocalBindPort);

internal sealed record ProxyRow(
    string? DestinationServiceName, string? DestinationServiceID, string? LocalServiceAddress, int LocalServicePort,
    UpstreamRow[]? Upstreams);

internal sealed record ConnectRow(bool Native);

internal sealed record WeightsRow(int Passing, int Warning);

internal sealed record ServiceRow(
    string? Kind, string ID, string Service, string[]? Tags, Dictionary<string, string>? Meta, int Port, string? Address,
    Dictionary<string, AddressRow>? TaggedAddresses, WeightsRow? Weights, bool EnableTagOverride, ProxyRow? Proxy, ConnectRow? Connect);

internal sealed record NodeRow(
    string ID, string Node, string Address, string Datacenter, Dictionary<string, string>? TaggedAddresses,
    Dictionary<string, string>? Meta);

internal sealed record CheckRow(
    string Node, string CheckID, string Name, string Status, string Notes, string Output, string ServiceID, string ServiceName,
    string[]? ServiceTags, string Type);

internal sealed record HealthRow(NodeRow Node, ServiceRow Service, CheckRow[]? Checks);

internal sealed record Answer(string On, string Filter, string[]? Rows, int Status, string? Error, string? Why);

/// <summary>The rows that Consul 1.8.7 answered with, what it said to each filter, and schemas like those of its endpoints.</summary>
internal static class ConsulRows
{
    public static readonly FilterSchema<ServiceRow> Services = ServiceSchema();

    public static readonly FilterSchema<NodeRow> Nodes = new FilterSchemaBuilder<NodeRow>()
        .String("ID", node => node.ID)
        .String("Node", node => node.Node)
        .String("Address", node => node.Address)
        .String("Datacenter", node => node.Datacenter)
        .StringMap("TaggedAddresses", node => node.TaggedAddresses)
        .StringMap("Meta", node => node.Meta)
        .Build();

    public static readonly FilterSchema<CheckRow> Checks = new FilterSchemaBuilder<CheckRow>()
        .String("Node", check => check.Node)
        .String("CheckID", check => check.CheckID)
        .String("Name", check => check.Name)
        .String("Status", check => check.Status)
        .String("Notes", check => check.Notes)
        .String("Output", check => check.Output)
        .String("ServiceID", check => check.ServiceID)
        .String("ServiceName", check => check.ServiceName)
        .StringList("ServiceTags", check => check.ServiceTags)
        .String("Type", check => check.Type)
        .Build();

    public static readonly FilterSchema<HealthRow> Health = new FilterSchemaBuilder<HealthRow>()
        .Struct("Node", row => row.Node, Nodes)
        .Struct("Service", row => row.Service, Services)
        .StructList("Checks", row => row.Checks, Checks)
        .Build();

    public static readonly JsonElement Recording = Read("consul-1.8.7.json");

    public static readonly ServiceRow[] ServiceRows = Rows<ServiceRow>("services");

    public static readonly NodeRow[] NodeRows = Rows<NodeRow>("nodes");

    public static readonly HealthRow[] HealthRows = Rows<HealthRow>("health");

    public static readonly Answer[] Answers = Parse<Answer[]>(Recording.GetProperty("answers"));

    public static readonly Answer[] Deviations = Parse<Answer[]>(Read("deviations.json"));

    private static FilterSchema<ServiceRow> ServiceSchema()
    {
        FilterSchema<AddressRow> address = new FilterSchemaBuilder<AddressRow>()
            .String("Address", row => row.Address)
            .Int("Port", row => row.Port)
            .Build();
        FilterSchema<WeightsRow> weights = new FilterSchemaBuilder<WeightsRow>()
            .Int("Passing", row => row.Passing)
            .Int("Warning", row => row.Warning)
            .Build();
        FilterSchema<UpstreamRow> upstream = new FilterSchemaBuilder<UpstreamRow>()
            .String("DestinationName", row => row.DestinationName)
            .Int("LocalBindPort", row => row.LocalBindPort)
            .Build();
        FilterSchema<ProxyRow> proxy = new FilterSchemaBuilder<ProxyRow>()
            .String("DestinationServiceName", row => row.DestinationServiceName)
            .String("DestinationServiceID", row => row.DestinationServiceID)
            .String("LocalServiceAddress", row => row.LocalServiceAddress)
            .Int("LocalServicePort", row => row.LocalServicePort)
            .StructList("Upstreams", row => row.Upstreams, upstream)
            .Build();
        FilterSchema<ConnectRow> connect = new FilterSchemaBuilder<ConnectRow>().Bool("Native", row => row.Native).Build();
        return new FilterSchemaBuilder<ServiceRow>()
            .String("Kind", row => row.Kind)
            .String("ID", row => row.ID)
            .String("Service", row => row.Service)
            .StringList("Tags", row => row.Tags)
            .StringMap("Meta", row => row.Meta)
            .Int("Port", row => row.Port)
            .String("Address", row => row.Address)
            .StructMap("TaggedAddresses", row => row.TaggedAddresses, address)
            .Struct("Weights", row => row.Weights, weights)
            .Bool("EnableTagOverride", row => row.EnableTagOverride)
            .Struct("Proxy", row => row.Proxy, proxy)
            .Struct("Connect", row => row.Connect, connect)
            .Build();
    }

    private static JsonElement Read(string file)
    {
        using Stream stream = typeof(ConsulRows).Assembly.GetManifestResourceStream($"Filtering.testdata.{file}")!;
        return JsonDocument.Parse(stream).RootElement.Clone();
    }

    private static T Parse<T>(JsonElement element) => element.Deserialize<T>(JsonSerializerOptions.Web)!;

    private static T[] Rows<T>(string name) => Parse<T[]>(Recording.GetProperty("rows").GetProperty(name));
}
