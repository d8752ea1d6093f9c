using Discovery.Replication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>Reads the configuration again: all of it is checked before anything is taken over.</summary>
internal sealed class NodeReload(
    DiscoveryConfiguration configuration,
    DeclaredServices declared,
    IOptionsFactory<NodeOptions> options,
    ServiceRegistrar registrar,
    NodeRuntime runtime,
    ILogger<NodeReload> logger) : INodeReload
{
    private readonly AsyncGate _gate = new(1);

    public async ValueTask ReloadAsync(CancellationToken cancellationToken = default)
    {
        await _gate.EnterAsync(cancellationToken);
        try
        {
            NodeOptions now = Take();
            TellChanged();
            await registrar.SynchronizeAsync(now, runtime, cancellationToken);
            Log.Reloaded(logger, declared.Registrations.Count);
        }
        finally
        {
            _gate.Leave();
        }
    }

    private NodeOptions Take()
    {
        DeclaredReading declaredBefore = declared.Current;
        ConfigurationReading before = configuration.Freeze();
        try
        {
            configuration.Current = configuration.ReadAgain();
            declared.Current = declared.Read();
            return options.Create(Options.DefaultName);
        }
        catch (Exception e)
        {
            // Sources fail in ways of their own: a file that is no JSON, one that may not be read.
            configuration.Current = before;
            declared.Current = declaredBefore;
            string reasons = e is OptionsValidationException invalid ? string.Join("; ", invalid.Failures) : e.Message;
            throw new DiscoveryException(
                DiscoveryError.InvalidRequest,
                $"The configuration is not taken over, everything stays as it was: {reasons}",
                WriteOutcome.NotApplied,
                e);
        }
    }

    // Who listens to options is the app's or another package's code.
    private void TellChanged()
    {
        try
        {
            configuration.TellChanged();
        }
        catch (AggregateException e)
        {
            Log.StepFailed(logger, "tell of new options", e);
        }
    }
}
