using Discovery.Answering;
using Microsoft.Extensions.Options;

namespace Discovery.Server;

/// <summary>The options in force: what was there at the start, and what a reload may change on top of it.</summary>
internal sealed class DnsSettingsSource : IDisposable
{
    private readonly IDisposable? _subscription;
    private readonly string _datacenter;
    private Pair _current;

    public DnsSettingsSource(IOptionsMonitor<DnsOptions> monitor, IDiscoveryNode node)
    {
        _datacenter = node.Datacenter;
        AtStart = monitor.CurrentValue;
        _current = new Pair(AtStart, new DnsSettings(AtStart, _datacenter));
        _subscription = monitor.OnChange(Change);
    }

    /// <summary>The options as they were at the start: addresses, port and domains do not change.</summary>
    public DnsOptions AtStart { get; }

    public DnsOptions Options => Volatile.Read(ref _current).Options;

    public DnsSettings Settings => Volatile.Read(ref _current).Settings;

    public void Dispose() => _subscription?.Dispose();

    private void Change(DnsOptions options, string? name) =>
        Volatile.Write(ref _current, new Pair(options, new DnsSettings(options, _datacenter, AtStart)));

    private sealed record Pair(DnsOptions Options, DnsSettings Settings);
}
