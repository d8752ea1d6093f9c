using System.Diagnostics;
using System.Globalization;

namespace ThreeServers;

/// <summary>A server as the process that watches sees it: started, killed, started again.</summary>
internal sealed class ServerProcess(ServerArguments arguments, Action<ServerProcess, string?> heard)
{
    private Process? _process;
    private Task _reading = Task.CompletedTask;

    public string Name => arguments.Name;

    public Uri Http { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{arguments.HttpPort}/"));

    public bool IsAlive { get; private set; }

    public int ProcessId { get; private set; }

    public string? Leader { get; private set; }

    public long Term { get; private set; }

    public ulong Index { get; private set; }

    public bool HasJob { get; private set; }

    public int Count { get; private set; }

    public void Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ServerProcess).Assembly.Location);
        }

        foreach (string argument in arguments.ToArray())
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        ProcessId = _process.Id;
        IsAlive = true;
        _reading = ReadAsync(_process);
        heard(this, string.Create(CultureInfo.InvariantCulture, $"started, process {ProcessId}"));
    }

    /// <summary>As a power cut: nothing is said goodbye to, nothing is written any more.</summary>
    public async Task KillAsync()
    {
        _process?.Kill();
        await _reading;
    }

    public async Task StopAsync()
    {
        _process?.StandardInput.Close();
        await _reading;
    }

    private async Task ReadAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Report.Read(line) is { } report)
            {
                heard(this, Take(report));
            }
        }

        await process.WaitForExitAsync();
        process.Dispose();
        (IsAlive, HasJob, Leader) = (false, false, null);
        heard(this, "gone");
    }

    private string? Take(Report report)
    {
        string? news = null;
        if (report.Term is { } term)
        {
            news = report.Leader == Leader ? null
                : report.Leader is null ? string.Create(CultureInfo.InvariantCulture, $"nobody leads in term {term}")
                : string.Create(CultureInfo.InvariantCulture, $"{report.Leader} leads in term {term}");
            (Leader, Term, Index) = (report.Leader, term, report.Index ?? Index);
        }

        if (report.IsJobHere is { } isHere)
        {
            news = isHere == HasJob ? null : isHere ? "runs the job" : "does not run the job any more";
            (HasJob, Count) = (isHere, report.Count ?? Count);
        }

        return news;
    }
}
