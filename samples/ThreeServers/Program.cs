using ThreeServers;

// One command, four processes: this one watches, and writes all the time; each server is a process of its own, started from this program.
if (args is ["server", .. var rest])
{
    return await Server.RunAsync(ServerArguments.Parse(rest));
}

if (!SampleArguments.TryParse(args, out SampleArguments arguments, out string problem))
{
    Console.Error.WriteLine(problem);
    return 2;
}

using var stop = new CancellationTokenSource();
using PosixSignals signals = PosixSignals.CancelOnStop(stop);
DirectoryInfo directory = Directory.CreateTempSubdirectory("three-servers-");
try
{
    IScreen screen = Console.IsOutputRedirected || Console.IsInputRedirected ? new PlainScreen() : new LiveScreen();
    await using var cluster = new Cluster(directory.FullName, screen);
    using var writer = new Writer(cluster, screen);
    bool isWhole = await new Demo(cluster, writer, screen).RunAsync(arguments.KillsMax, stop.Token);
    return isWhole ? 0 : 1;
}
finally
{
    directory.Delete(recursive: true);
}
