using Microsoft.Extensions.Logging;

namespace Discovery.Hosting;

/// <summary>The log messages of hosting in ASP.NET Core: event ids 6000 to 6049.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Information,
        "This app listens on no address that others could dial (a test server, a worker or a unix socket); its services are registered "
        + "with the addresses that they declare")]
    internal static partial void NoListener(ILogger logger);
}
