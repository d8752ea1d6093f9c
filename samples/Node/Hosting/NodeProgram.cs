using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using Discovery.Node.ConsulDialect;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Discovery.Node.Hosting;

/// <summary>What the words of the command line do.</summary>
internal static class NodeProgram
{
    private const int Failed = 1;
    private const int NoCommand = 127;
    private const string Usage = """
        Usage: discovery-node <command> [<args>]

            agent      Runs a node, with Consul's flags and configuration files
            version    Prints the version
        """;

    /// <summary>Runs a command.</summary>
    /// <returns>What the process ends with.</returns>
    public static async Task<int> RunAsync(string[] words)
    {
        switch (words)
        {
            case ["agent", .. var flags] when flags.Any(static word => word is "-h" or "-help" or "--help"):
                Console.Out.WriteLine(AgentUsage());
                return 0;
            case ["agent", .. var flags]:
                return await RunAgentAsync(flags);
            case ["version" or "-v" or "-version" or "--version"]:
                Console.Out.WriteLine($"discovery-node v{Version()}\nSpeaks the HTTP API and the DNS of Consul v1.8.7");
                return 0;
            case ["-h" or "-help" or "--help", ..]:
                Console.Out.WriteLine(Usage);
                return 0;
            case [var unknown, ..] when unknown != "help":
                Console.Error.WriteLine(
                    $"{Usage}\n\n==> There is no command \"{unknown}\". The consul program asks a running node: consul members");
                return NoCommand;
            default:
                Console.Error.WriteLine(Usage);
                return NoCommand;
        }
    }

    private static string Version() => typeof(NodeProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
        ?.InformationalVersion.Split('+')[0] ?? "0";

    private static string AgentUsage() => "Usage: discovery-node agent [options]\n\n  -dev\n  -config-file=<path>\n  -config-dir=<path>\n"
        + "  -config-format=<json|hcl>\n  -hcl=<text>\n"
        + string.Concat(CommandLine.Flags.Select(static flag => $"  -{flag.Flag}{(flag.Kind == ValueKind.Bool ? "" : "=<value>")}\n"));

    private static async Task<int> RunAgentAsync(IReadOnlyList<string> flags)
    {
        CommandLine line;
        Dialect dialect;
        try
        {
            line = CommandLine.Parse(flags);
        }
        catch (DialectException e)
        {
            bool isExtra = e.Message.StartsWith("Unexpected", StringComparison.Ordinal);
            Console.Error.WriteLine(isExtra ? $"==> {e.Message}" : $"{e.Message}\n{AgentUsage()}\n==> error parsing flags: {e.Message}");
            return Failed;
        }

        try
        {
            dialect = Dialect.Load(line);
        }
        catch (DialectException e)
        {
            Console.Error.WriteLine($"==> {e.Message}");
            return Failed;
        }

        var logger = new ConsulLogger(TimeProvider.System, Console.OpenStandardOutput()) { Level = dialect.Host.LogLevel };
        WriteBanner(logger, dialect);
        return await ServeAsync(new DialectSource(line, dialect), logger);
    }

    private static void WriteBanner(ConsulLogger logger, Dialect dialect)
    {
        IEnumerable<string> lines = dialect.Host.Banner.Select(static entry => $"{entry.Name,18}: {entry.Value}");
        logger.WriteLine($"==> Starting discovery-node...\n{"Version",18}: '{Version()}' (API of Consul 1.8.7)\n"
            + $"{string.Join('\n', lines)}\n\n==> Log data will now stream in as it occurs:\n");
        foreach (string warning in dialect.Warnings)
        {
            logger.Write(LogLevel.Warning, warning);
        }
    }

    private static async Task<int> ServeAsync(DialectSource source, ConsulLogger logger)
    {
        HostSettings host = source.Current.Host;
        int code;
        try
        {
            await using WebApplication app = NodeHost.Build(source, logger);
            NodeHost.Map(app);
            await app.StartAsync();
            TellStarted(logger, host);
            await app.WaitForShutdownAsync();
            code = app.Services.GetRequiredService<NodeSignals>().ExitCode;
        }
        catch (Exception e)
        {
            logger.Write(LogLevel.Error, $"Error starting agent: error=\"{OwnKeys.Spoken(Reason(e, host))}\"");
            code = Failed;
        }

        if (host.PidFile is { } file)
        {
            File.Delete(file);
        }

        logger.Write(LogLevel.Information, string.Create(CultureInfo.InvariantCulture, $"Exit code: code={code}"));
        return code;
    }

    private static void TellStarted(ConsulLogger logger, HostSettings host)
    {
        foreach (ListenAddress address in host.Dns)
        {
            logger.Write(LogLevel.Information, $"Started DNS server: address={address} network=tcp");
            logger.Write(LogLevel.Information, $"Started DNS server: address={address} network=udp");
        }

        foreach (ListenAddress address in host.Http)
        {
            if (!OperatingSystem.IsWindows() && address.SocketPath is { } path && host.SocketMode is { } mode)
            {
                File.SetUnixFileMode(path, mode);
            }

            string network = address.SocketPath is null ? "tcp" : "unix";
            string shown = address.SocketPath ?? address.ToString();
            logger.Write(LogLevel.Information, $"Started HTTP server: address={shown} network={network}");
        }

        if (host.PidFile is { } file)
        {
            File.WriteAllText(file, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }

        logger.WriteLine("==> Discovery node running!");
    }

    // Who listens names the address, and not where it was configured.
    private static string Reason(Exception e, HostSettings host) => e switch
    {
        OptionsValidationException when host.IsClient => "a client agent cannot be started yet: write -server (server = true), or -dev",
        OptionsValidationException invalid => string.Join("; ", invalid.Failures),
        IOException { InnerException: AddressInUseException } =>
            host.Http.FirstOrDefault(address => e.Message.Contains($"/{address}:", StringComparison.Ordinal)) is { } taken
                ? $"listen tcp {taken}: bind: address already in use ({taken.Key})"
                : e.Message,
        InvalidOperationException { InnerException: SocketException } =>
            host.Dns.FirstOrDefault(address => e.Message.Contains($" {address} ", StringComparison.Ordinal)) is { } taken
                ? $"{e.Message} ({taken.Key})"
                : e.Message,
        _ => e.Message,
    };
}
