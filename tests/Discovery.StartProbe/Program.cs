// A bare ASP.NET Core app, or with "discovery" the same app as a node. Prints what it costs, one "name value" per line, and ends.
using System.Globalization;
using System.Runtime;
using Discovery;

bool isNode = args.Contains("discovery", StringComparer.Ordinal);
bool isIdle = args.Contains("idle", StringComparer.Ordinal);
WebApplicationBuilder builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
if (isNode)
{
    builder.Services.AddDiscovery(static o => o.DrainDelay = TimeSpan.Zero).AddService("web").AddHttpHosting();
}

WebApplication app = builder.Build();
app.MapGet("/", static () => "hello");
await app.StartAsync();
Tell("methods", JitInfo.GetCompiledMethodCount());
Tell("listeners", CountListeners());
if (isIdle)
{
    await Task.Delay(TimeSpan.FromSeconds(5));
    GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    Tell("heap", GC.GetTotalMemory(forceFullCollection: false));
    Tell("private", ProcBytes("smaps_rollup", "Private_Dirty:") + ProcBytes("smaps_rollup", "Private_Clean:"));
    Tell("resident", ProcBytes("status", "VmRSS:"));
}

if (isNode)
{
    IServiceCatalog catalog = app.Services.GetRequiredService<IServiceCatalog>();
    Tell("passing", catalog.Find("web").Passing.Count);
    Tell("queried", (await catalog.QueryAsync(new ServiceQuery("web"))).Body.Count);
    Tell("nodes", (await catalog.QueryNodesAsync(new NodeQuery())).Body.Count);
    Tell("explained", (await catalog.ExplainAsync(new ServiceQuery("web"))).Instances.Count);
    Tell("listeners-after-use", CountListeners());
}

await app.StopAsync();

static void Tell(string name, long value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));

static long ProcBytes(string file, string field) => 1024 * long.Parse(
    File.ReadLines($"/proc/self/{file}").First(line => line.StartsWith(field, StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
    CultureInfo.InvariantCulture);

// TCP sockets in state LISTEN (0A) and bound UDP sockets whose inode is one of this process's open files.
static int CountListeners()
{
    HashSet<string> own = [.. new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
        .Select(static file => file.LinkTarget ?? "")
        .Where(static target => target.StartsWith("socket:[", StringComparison.Ordinal))
        .Select(static target => target[8..^1])];
    return new[] { "tcp", "tcp6", "udp", "udp6" }.Sum(table => File.ReadLines($"/proc/self/net/{table}").Skip(1)
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Count(fields => (table.StartsWith("udp", StringComparison.Ordinal) || fields[3] == "0A") && own.Contains(fields[9])));
}
