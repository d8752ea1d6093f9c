using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Discovery.Testing;

namespace Discovery.Node.Hosting;

/// <summary>A discovery-node of this build as a process of its own, on free ports of loopback, in a folder of its own.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    public const string ReadyLine = "==> Discovery node running!";

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeProcess(Process process, int httpPort, int dnsPort)
    {
        _process = process;
        (HttpPort, DnsPort) = (httpPort, dnsPort);
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}/v1/") };
    }

    public int HttpPort { get; }

    public int DnsPort { get; }

    /// <summary>Calls the API; addresses are below <c>/v1/</c>.</summary>
    public HttpClient Http { get; }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private static string Folder { get; } = Path.GetFullPath(
        Path.Combine("../../../../../samples/Node", Path.GetRelativePath(
            Path.GetFullPath("../../..", AppContext.BaseDirectory), AppContext.BaseDirectory)),
        AppContext.BaseDirectory);

    /// <summary>Starts a node and waits until it says that it runs.</summary>
    public static async Task<NodeProcess> StartAsync(string folder, params string[] flags)
    {
        NodeProcess node = StartUnready(folder, flags);
        await node.WaitForAsync(ReadyLine);
        return node;
    }

    /// <summary>Starts a node on free ports.</summary>
    public static NodeProcess StartUnready(string folder, params string[] flags)
    {
        int[] ports = LoopbackPorts.Take(3);
        return Run(folder, ports[0], ports[1], 
        [
            "agent", $"-http-port={ports[0]}", $"-dns-port={ports[1]}", $"-server-port={ports[2]}", .. flags,
        ]);
    }

    /// <summary>Runs the program with exactly these words, to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        await using NodeProcess node = Run(Path.GetTempPath(), 0, 0, words);
        return (await node.WaitForExitAsync(), node.Output);
    }

    /// <summary>Waits until the output has a text; fails when the process ends without.</summary>
    public async Task WaitForAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            if (_output.ToString().Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            _awaited.Add((text, seen));
        }

        await Task.WhenAny(seen.Task, _ended.Task);
        Assert.Contains(text, Output, StringComparison.Ordinal);
    }

    public void Signal(PosixSignal signal) => Assert.Equal(
        0, Kill(_process.Id, signal switch { PosixSignal.SIGHUP => 1, PosixSignal.SIGINT => 2, _ => 15 }));

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        await _ended.Task;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await WaitForExitAsync();
        _process.Dispose();
    }

    private static NodeProcess Run(string folder, int httpPort, int dnsPort, string[] words)
    {
        // Signals that whoever runs the tests ignores, as under nohup, would stay ignored in the process: env gives them back.
        string[] command = ["dotnet", Path.Combine(Folder, "discovery-node.dll"), .. words];
        var start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("env", ["--default-signal=INT,HUP", .. command])
            : new ProcessStartInfo(command[0], command[1..]);
        return Run(start, folder, httpPort, dnsPort);
    }

    private static NodeProcess Run(ProcessStartInfo start, string folder, int httpPort, int dnsPort)
    {
        start.WorkingDirectory = folder;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        var node = new NodeProcess(new Process { StartInfo = start }, httpPort, dnsPort);
        node._process.Start();
        _ = node.ReadAsync();
        return node;
    }

    private async Task ReadAsync()
    {
        await Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        _ended.SetResult();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_output)
            {
                _output.Append(line).Append('\n');
                foreach ((string text, TaskCompletionSource seen) in _awaited)
                {
                    if (line.Contains(text, StringComparison.Ordinal))
                    {
                        seen.TrySetResult();
                    }
                }
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int processId, int signal);
}
