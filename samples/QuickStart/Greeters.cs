using System.Globalization;
using Discovery;

namespace QuickStart;

/// <summary>The three little services, registered with the node's agent under one name, each with an HTTP check.</summary>
internal sealed class Greeters : IAsyncDisposable
{
    public const string ServiceName = "greeter";

    private readonly ILocalAgent _agent;

    private Greeters(ILocalAgent agent, IReadOnlyList<Greeter> all)
    {
        _agent = agent;
        All = all;
    }

    public IReadOnlyList<Greeter> All { get; }

    public static async Task<Greeters> StartAsync(ILocalAgent agent, int count)
    {
        var all = new List<Greeter>();
        for (int i = 1; i <= count; i++)
        {
            Greeter greeter = await Greeter.StartAsync(string.Create(CultureInfo.InvariantCulture, $"{ServiceName}-{i}"));
            all.Add(greeter);
            await agent.RegisterServiceAsync(Describe(greeter));
        }

        return new Greeters(agent, all);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Greeter greeter in All)
        {
            await _agent.DeregisterServiceAsync(greeter.Id);
            await greeter.DisposeAsync();
        }
    }

    private static ServiceRegistration Describe(Greeter greeter) => new()
    {
        Name = ServiceName,
        Id = greeter.Id,
        Address = "127.0.0.1",
        Port = greeter.Port,
        Tags = { "v1" },
        Checks =
        {
            new CheckDefinition
            {
                Name = "answers on /health",
                Http = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{greeter.Port}/health"),
                Interval = TimeSpan.FromSeconds(1),
                Timeout = TimeSpan.FromSeconds(1),
            },
        },
    };
}
