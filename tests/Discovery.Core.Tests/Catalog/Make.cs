namespace Discovery.Catalog;

/// <summary>Short ways to write commands and rows in tests.</summary>
internal static class Make
{
    public static CatalogNode Node(string name, Guid id = default) =>
        new() { Name = name, Id = id, Address = "10.0.0.1", Datacenter = "dc1" };

    public static CatalogService Service(string node, string id, string name, int port = 80, params string[] tags) =>
        new() { Node = node, Id = id, Name = name, Port = port, Tags = tags };

    public static CatalogCheck Check(string node, string id, CheckStatus status, string serviceId = "", string output = "") =>
        new() { Node = node, CheckId = id, Name = id, Status = status, ServiceId = serviceId, Output = output };

    public static RegisterCommand Register(string node, string id, string name, int port = 80, params string[] tags) =>
        new() { Node = Node(node), Service = Service(node, id, name, port, tags) };

    public static RegisterCommand Register(CatalogCheck check) =>
        new() { Node = Node(check.Node), SkipNodeUpdate = true, Checks = [check] };

    public static CatalogRegistration Registration(string node, string name, string? id = null, int port = 80) => new()
    {
        Node = node, Address = "10.0.0.1", Service = new ServiceRegistration { Name = name, Id = id, Port = port },
    };

    public static CatalogRegistration Registration(string node, CatalogCheckRegistration check) => new()
    {
        Node = node, SkipNodeUpdate = true, Checks = { check },
    };

    public static DeregisterCommand Deregister(string node, string serviceId = "", string checkId = "") =>
        new() { Node = node, ServiceId = serviceId, CheckId = checkId };
}
