using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Discovery.Peers.Processes;

/// <summary>A started program, its output so far, and its end.</summary>
internal sealed partial class Running : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly string[] s_foreign = ["VSTEST", "MSBUILD", "CONSUL_", "ASPNETCORE_", "DOTNET_gc"];
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private Running(Process process) => _process = process;

    public static Running Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(IsOfTheTestRun).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Running running = new(new Process { StartInfo = start });
        running._process.OutputDataReceived += (_, line) => Append(running._output, line.Data);
        running._process.ErrorDataReceived += (_, line) => Append(running._errors, line.Data);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    public bool HasExited => _process.HasExited;

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

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Waits for the program's own end.</summary>
    public async Task<(int Code, string Output, string Errors)> EndAsync(TimeSpan deadline)
    {
        using CancellationTokenSource limit = new(deadline);
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"{_process.StartInfo.FileName} did not end within {deadline}:\n{Output}\n{Errors}");
        }

        return (_process.ExitCode, Output, Errors);
    }

    /// <summary>Sends the end signal and waits; a program that does not listen is killed.</summary>
    public async Task<bool> StopAsync(TimeSpan patience)
    {
        if (!_process.HasExited)
        {
            Signal(SigTerm);
            using CancellationTokenSource limit = new(patience);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
                return false;
            }
        }

        return true;
    }

    public void Signal(int signal) => _ = SendSignal(_process.Id, signal);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder builder, string? line)
    {
        if (line is not null)
        {
            lock (builder)
            {
                builder.Append(line).Append('\n');
            }
        }
    }

    // The program of that name is not on every machine.
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    private static bool IsOfTheTestRun(string name) =>
        s_foreign.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
