using Discovery.Node.ConsulDialect;

namespace Discovery.Node.Hosting;

/// <summary>Serves what a command line and its files say as configuration of Discovery; a reload reads the files again.</summary>
internal sealed class DialectSource(CommandLine line, Dialect first) : ConfigurationProvider, IConfigurationSource
{
    private bool _isLoaded;

    /// <summary>What was read last.</summary>
    public Dialect Current { get; private set; } = first;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <exception cref="DialectException">The files cannot be used any more; what was read before stays.</exception>
    public override void Load()
    {
        // The first reading was needed to make the host, before there was a configuration.
        if (_isLoaded)
        {
            Current = Dialect.Load(line);
        }

        _isLoaded = true;
        Data = new Dictionary<string, string?>(Current.Keys, StringComparer.OrdinalIgnoreCase);
        OnReload();
    }
}
