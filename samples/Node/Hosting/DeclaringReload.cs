using System.Globalization;
using Discovery.Node.ConsulDialect;

namespace Discovery.Node.Hosting;

/// <summary>A reload that takes over the declared services and checks too, and the log level; whoever asks, the log tells of it.</summary>
internal sealed class DeclaringReload(INodeReload inner, NodeDeclarations declarations, DialectSource source, ConsulLogger logger)
    : INodeReload
{
    public async ValueTask ReloadAsync(CancellationToken cancellationToken = default)
    {
        logger.Write(LogLevel.Information, "Reloading configuration...");
        try
        {
            await inner.ReloadAsync(cancellationToken);
            logger.Level = source.Current.Host.LogLevel;
            await SynchronizeAsync(cancellationToken);
        }
        catch (Exception e)
        {
            logger.Write(LogLevel.Error, $"Error reloading configuration: error=\"{e.Message}\"");
            throw;
        }

        Dialect dialect = source.Current;
        logger.Write(LogLevel.Information, string.Create(
            CultureInfo.InvariantCulture,
            $"Configuration reloaded: services={dialect.Services.Count} checks={dialect.Checks.Count}"));
    }

    private async Task SynchronizeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await declarations.SynchronizeAsync(cancellationToken);
        }
        catch (DialectException e)
        {
            throw new DiscoveryException(
                DiscoveryError.InvalidRequest, $"Failed reloading services: {e.Message}", WriteOutcome.Unknown, e);
        }
    }
}
