using Microsoft.Extensions.Logging;

namespace Discovery.DependencyInjection;

/// <summary>The log messages of the node's life in its host: event ids 1500 to 1549.</summary>
internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Information, "Node {Node} is ready at {Addresses} after {Milliseconds} ms")]
    internal static partial void Ready(ILogger logger, string node, string addresses, long milliseconds);

    [LoggerMessage(1501, LogLevel.Error, "Service {Service} could not be registered")]
    internal static partial void RegistrationFailed(ILogger logger, string service, Exception exception);

    [LoggerMessage(1502, LogLevel.Warning,
        "Service {Service} is registered without a port: none is declared, and no listener of this app is known (it has none, or runs "
        + "under a test server, or is an ASP.NET Core app without AddHttpHosting of package Discovery.Http)")]
    internal static partial void NoAddress(ILogger logger, string service);

    [LoggerMessage(1503, LogLevel.Warning, "Could not {What} {Service} while stopping; stopping goes on")]
    internal static partial void LeavingFailed(ILogger logger, string what, string service, Exception exception);

    [LoggerMessage(1504, LogLevel.Warning, "Node {Node} has not left within {Timeout}; stopping goes on without it")]
    internal static partial void LeaveTimedOut(ILogger logger, string node, TimeSpan timeout);

    [LoggerMessage(1506, LogLevel.Warning, "The catalog does not show service {Service} after {Timeout}; the agent goes on trying")]
    internal static partial void RegistrationLate(ILogger logger, string service, TimeSpan timeout);

    [LoggerMessage(1505, LogLevel.Error, "Step {Step} of the node's life in its host failed; the host goes on")]
    internal static partial void StepFailed(ILogger logger, string step, Exception exception);

    [LoggerMessage(1508, LogLevel.Information, "The configuration was read again; section Discovery:Services declares {Services} services")]
    internal static partial void Reloaded(ILogger logger, int services);

    [LoggerMessage(1507, LogLevel.Error, "Command 0x{CommandId:X4} of an application's state module threw and was rolled back")]
    internal static partial void ModuleFailed(ILogger logger, ushort commandId, Exception exception);
}
