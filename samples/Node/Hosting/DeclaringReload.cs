namespace Discovery.Node.Hosting;

/// <summary>A reload that takes over the declared services and checks too, and the log level.</summary>
internal sealed class DeclaringReload(INodeReload inner, NodeDeclarations declarations, DialectSource source, ConsulLogger logger)
    : INodeReload
{
    public async ValueTask ReloadAsync(CancellationToken cancellationToken = default)
    {
        logger.Write(LogLevel.Information, "Reloading configuration...");
        await inner.ReloadAsync(cancellationToken);
        logger.Level = source.Current.Host.LogLevel;
        await declarations.SynchronizeAsync(cancellationToken);
    }
}
