using System.Runtime.InteropServices;

namespace ThreeServers;

/// <summary>Turns Ctrl-C and SIGTERM into a cancellation, so that the sample ends its servers before itself.</summary>
internal sealed class PosixSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    private PosixSignals(PosixSignalRegistration[] registrations) => _registrations = registrations;

    public static PosixSignals CancelOnStop(CancellationTokenSource stop)
    {
        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        return new PosixSignals([
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ]);
    }

    public void Dispose() => Array.ForEach(_registrations, static registration => registration.Dispose());
}
