using Discovery.Answering;
using Microsoft.Extensions.Options;

namespace Discovery.Server;

/// <summary>The options in force: what was there at the start, and what a reload may change on top of it.</summary>
/// <remarks>Read for the first time when the server starts, after the host has validated all options together.</remarks>
internal sealed class DnsSettingsSource : IDisposable
{
    private readonly Lazy<DnsOptions> _atStart;
    private readonly IDisposable? _subscription;
    private readonly string _datacenter;
    private Pair? _current;

    public DnsSettingsSource(IOptionsMonitor<DnsOptions> monitor, IDiscoveryNode node)
    {
        _datacenter = node.Datacenter;
        _atStart = new Lazy<DnsOptions>(() => monitor.CurrentValue);
        _subscription = monitor.OnChange(Change);
    }

    /// <summary>The options as they were at the start: addresses, port and domains do not change.</summary>
    public DnsOptions AtStart => _atStart.Value;

    public DnsOptions Options => Current.Options;

    public DnsSettings Settings => Current.Settings;

    private Pair Current => Volatile.Read(ref _current) ?? Begin();

    public void Dispose() => _subscription?.Dispose();

    private Pair Begin()
    {
        var first = new Pair(AtStart, new DnsSettings(AtStart, _datacenter));
        return Interlocked.CompareExchange(ref _current, first, null) ?? first;
    }

    private void Change(DnsOptions options, string? name)
    {
        if (_atStart.IsValueCreated)
        {
            Volatile.Write(ref _current, new Pair(options, new DnsSettings(options, _datacenter, AtStart)));
        }
    }

    private sealed record Pair(DnsOptions Options, DnsSettings Settings);
}
