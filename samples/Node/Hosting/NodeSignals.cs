using System.Runtime;
using System.Runtime.InteropServices;
using Discovery.Node.ConsulDialect;

namespace Discovery.Node.Hosting;

/// <summary>What signals do: as Consul, an interrupt or a termination stops or leaves, a hang-up reads the configuration again.</summary>
/// <remarks>
/// Leaving ends the process with 0, stopping with 1; which signal does which is for the configuration to say. A second signal does not wait
/// for the first.
/// </remarks>
internal sealed class NodeSignals(
    HostSettings host, IHostApplicationLifetime lifetime, IServiceProvider services, ConsulLogger logger)
    : IHostLifetime, ILeaveListener, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; private set; }

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        Register(PosixSignal.SIGINT, context => End(context, "interrupt", host.LeavesOnInterrupt));
        Register(PosixSignal.SIGTERM, context => End(context, "terminated", host.LeavesOnTerminate));
        Register(PosixSignal.SIGHUP, Reload);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends the process in good order: somebody has told the node to leave.</summary>
    public ValueTask OnLeftAsync(CancellationToken cancellationToken = default)
    {
        logger.Write(LogLevel.Information, "Graceful exit completed");
        lifetime.StopApplication();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());

    private void Register(PosixSignal signal, Action<PosixSignalContext> handler) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, handler));

    private void End(PosixSignalContext context, string name, bool leaves)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            Environment.Exit(1);
        }

        logger.Write(LogLevel.Debug, $"Methods compiled so far: count={JitInfo.GetCompiledMethodCount()}");
        logger.Write(LogLevel.Information, $"Caught: signal={name}");
        if (!leaves)
        {
            ExitCode = 1;
            lifetime.StopApplication();
            return;
        }

        logger.Write(LogLevel.Information, "Gracefully shutting down agent...");
        _ = LeaveAsync();
    }

    private async Task LeaveAsync()
    {
        try
        {
            await services.GetRequiredService<IClusterOperator>().LeaveOthersAsync(lifetime.ApplicationStopping);
            await services.GetRequiredService<IMembershipSource>().LeaveAsync(lifetime.ApplicationStopping);
        }
        catch (Exception e)
        {
            ExitCode = 1;
            logger.Write(LogLevel.Error, $"Error on leave: error=\"{e.Message}\"");
        }

        await OnLeftAsync();
    }

    private void Reload(PosixSignalContext context)
    {
        context.Cancel = true;
        logger.Write(LogLevel.Information, "Caught: signal=hangup");
        _ = ReloadAsync();
    }

    private async Task ReloadAsync()
    {
        try
        {
            await services.GetRequiredService<INodeReload>().ReloadAsync(lifetime.ApplicationStopping);
        }
        catch (Exception)
        {
            // The reload has told of it.
        }
    }
}
