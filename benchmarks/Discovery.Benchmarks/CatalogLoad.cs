using System.Buffers;
using System.Globalization;
using Discovery.Catalog;
using Discovery.State;

namespace Discovery.Benchmarks;

/// <summary>Makes the log that fills a catalog: per instance one deduplicated registration of a node, a service and a check.</summary>
internal sealed class CatalogLoad
{
    public const int BatchEntries = 1_000;
    private static readonly Guid Client = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly ArrayBufferWriter<byte> _entry = new();
    private readonly CommandOutcome[] _outcomes = new CommandOutcome[BatchEntries];
    private readonly int _instancesPerNode;
    private ulong _sequence;

    public CatalogLoad(long ringBytesMax = 64 * 1024 * 1024, int instancesPerNode = 1)
    {
        _instancesPerNode = instancesPerNode;
        Module = new CatalogModule();
        Machine = new StateMachine([Module], new StateMachineOptions { RingBytesMax = ringBytesMax });
        Views = new CatalogViews(new CatalogReader(Module.Tables, RenderingBudget.Unlimited), Machine, new Random(1));
        Machine.AddObserver(Views);
        Apply(
        [
            Encode(1, SystemCommand.BeginLineage, SystemCommands.EncodeGuid(Client), 0),
            Encode(2, SystemCommand.OpenClient, SystemCommands.EncodeGuid(Client), 0),
        ]);
    }

    public CatalogModule Module { get; }

    public StateMachine Machine { get; }

    public CatalogViews Views { get; }

    public static string ServiceName(int service) => string.Create(CultureInfo.InvariantCulture, $"service-{service}");

    /// <summary>Registers <paramref name="instances"/> instances over <paramref name="services"/> services.</summary>
    public void Fill(int instances, int services)
    {
        for (int from = 0; from < instances; from += BatchEntries)
        {
            Apply(Batch(from, Math.Min(BatchEntries, instances - from), services));
        }
    }

    /// <summary>The entries that register the instances from <paramref name="from"/> on; apply them in the order they were made.</summary>
    public StateEntry[] Batch(int from, int count, int services)
    {
        ulong index = 2 + _sequence;
        var entries = new StateEntry[count];
        for (int i = 0; i < count; i++)
        {
            entries[i] = Encode(++index, CatalogModule.RegisterId, Body(from + i, services, CheckStatus.Passing), ++_sequence);
        }

        return entries;
    }

    /// <summary>An entry that changes the check of one instance.</summary>
    public StateEntry CheckChange(int instance, int services, CheckStatus status)
    {
        ++_sequence;
        return Encode(2 + _sequence, CatalogModule.RegisterId, Body(instance, services, status), _sequence);
    }

    public void Apply(ReadOnlySpan<StateEntry> entries)
    {
        Machine.Apply(entries, _outcomes);
        foreach (ref readonly CommandOutcome outcome in _outcomes.AsSpan(0, entries.Length))
        {
            Invariant.Check(outcome.Status == CommandStatus.Applied && outcome.Result.IsEmpty, "the load was refused");
        }
    }

    private RegisterCommand Command(int instance, int services, CheckStatus status)
    {
        int host = instance / _instancesPerNode;
        string node = string.Create(CultureInfo.InvariantCulture, $"node-{host:D7}");
        string name = ServiceName(instance % services);
        string address = string.Create(CultureInfo.InvariantCulture, $"10.{(host >> 16) & 255}.{(host >> 8) & 255}.{host & 255}");
        return new RegisterCommand
        {
            Node = new CatalogNode
            {
                Name = node,
                Id = NodeId(host),
                Address = address,
                Datacenter = "dc1",
            },
            Service = new CatalogService { Node = node, Id = name, Name = name, Tags = ["v1", "primary"], Port = 8080 },
            Checks =
            [
                new CatalogCheck
                {
                    Node = node,
                    CheckId = "service:" + name,
                    Name = $"Service '{name}' check",
                    Status = status,
                    Output = $"HTTP GET http://{address}:8080/health: 200 OK",
                    ServiceId = name,
                    ServiceName = name,
                    Type = "http",
                    Owner = node,
                },
            ],
            Owner = node,
            EnforceOwnership = true,
        };
    }

    // As scattered as ids of real nodes are, and the same for one node every time.
    private static Guid NodeId(int host)
    {
        Span<byte> id = stackalloc byte[16];
        new Random(host).NextBytes(id);
        return new Guid(id);
    }

    private byte[] Body(int instance, int services, CheckStatus status)
    {
        _body.ResetWrittenCount();
        RegisterCommandCodec.Instance.Write(Command(instance, services, status), _body);
        return _body.WrittenSpan.ToArray();
    }

    private StateEntry Encode(ulong index, ushort command, byte[] body, ulong sequence)
    {
        _entry.ResetWrittenCount();
        new CommandEnvelope(TimeSpan.FromMilliseconds(index), Epoch, Client, sequence, command, body).WriteTo(_entry);
        return new StateEntry(index, _entry.WrittenSpan.ToArray());
    }
}
