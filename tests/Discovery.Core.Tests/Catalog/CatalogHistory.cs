namespace Discovery.Catalog;

/// <summary>Random registrations and deregistrations over a few names, so that they meet, move, rename and return often.</summary>
internal sealed class CatalogHistory(int seed)
{
    public static readonly string[] Services = ["web", "Web", "api", "db"];
    private static readonly string[] Nodes = ["n1", "N1", "n2", "n3"];
    private static readonly string[] Ids = ["s1", "s2", "s3"];
    private static readonly string[] Checks = ["c1", "service:s1", "_node_maintenance", "serfHealth"];
    private readonly Random _random = new(seed);

    public List<object> Take(int count)
    {
        var commands = new List<object>(count);
        for (int i = 0; i < count; i++)
        {
            commands.Add(Next());
        }

        return commands;
    }

    public object Next() => _random.Next(10) switch
    {
        < 3 => Register(),
        < 6 => Check(),
        < 8 => Make.Deregister(One(Nodes), serviceId: One(Ids)) with { Reason = (DepartureReason)_random.Next(6) },
        8 => Make.Deregister(One(Nodes), checkId: One(Checks)),
        _ => _random.Next(3) == 0 ? Make.Deregister(One(Nodes)) : Register(),
    };

    private RegisterCommand Register()
    {
        string node = One(Nodes);
        string id = One(Ids);
        string[] tags = _random.Next(2) == 0 ? [] : [One(["v1", "v2", "V1"])];
        var command = new RegisterCommand
        {
            Node = Make.Node(node, _random.Next(4) == 0 ? new Guid(_random.Next(1, 4), 0, 0, new byte[8]) : Guid.Empty) with
            {
                Address = $"10.0.0.{_random.Next(1, 3)}",
                Meta = StringMap.From([new("rack", One(["a", "b"]))]),
            },
            SkipNodeUpdate = _random.Next(3) == 0,
            Service = Make.Service(node, id, One(Services), _random.Next(80, 82), tags) with { IsDraining = _random.Next(6) == 0 },
            Checks = _random.Next(2) == 0 ? [] : [Make.Check(node, One(Checks), Status(), id)],
        };
        return _random.Next(4) == 0 ? command with { Service = null, Checks = [] } : command;
    }

    private RegisterCommand Check()
    {
        string node = One(Nodes);
        return Make.Register(Make.Check(node, One(Checks), Status(), _random.Next(2) == 0 ? "" : One(Ids), One(["", "out"])));
    }

    private CheckStatus Status() => (CheckStatus)_random.Next(3);

    private string One(string[] values) => values[_random.Next(values.Length)];
}
