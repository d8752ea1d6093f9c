using System.ComponentModel;
using System.Diagnostics;

namespace Discovery.Health;

/// <summary>Runs a program without a shell. Exit code 0 passes, 1 warns, everything else is critical.</summary>
/// <remarks>
/// Where the system has <c>setsid</c> the program leads a session of its own, so that at the time limit all that it started can be killed,
/// even what has lost its parent.
/// </remarks>
internal sealed class ScriptCheckProbe(string[] args, CheckSettings settings, int readMax, TimeProvider time) : ICheckProbe
{
    private static readonly TimeSpan s_outputGrace = TimeSpan.FromSeconds(1);
    private static readonly string? s_setsid = OperatingSystem.IsLinux()
        ? Array.Find(["/usr/bin/setsid", "/bin/setsid"], File.Exists) : null;

    public async ValueTask<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = new Process { StartInfo = StartInfo() };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            return CheckResult.Critical($"{args[0]} could not be started: {e.Message}");
        }

        process.StandardInput.Close();
        var output = new TailBuffer(settings.OutputMaxSize);
        using var flooded = new CancellationTokenSource();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, flooded.Token);
        using var stopReading = new CancellationTokenSource();
        Task readers = Task.WhenAll(
            CopyAsync(process.StandardOutput.BaseStream, output, flooded, stopReading.Token),
            CopyAsync(process.StandardError.BaseStream, output, flooded, stopReading.Token));
        bool killed = false;
        try
        {
            await process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            killed = true;
            Kill(process);
        }

        // What the program left running may hold the pipes open for ever.
        await Task.WhenAny(readers, Task.Delay(s_outputGrace, time, CancellationToken.None));
        stopReading.Cancel();
        if (flooded.IsCancellationRequested)
        {
            Kill(process);
            return CheckResult.Critical($"The output has more than {readMax} bytes\n\n{output.Captured()}");
        }

        return killed
            ? CheckResult.Critical($"{ProbeExecution.TimedOut(settings.Timeout)}\n\n{output.Captured()}")
            : new CheckResult(Status(process.ExitCode), output.Captured());
    }

    private static CheckStatus Status(int exitCode) => exitCode switch
    {
        0 => CheckStatus.Passing,
        1 => CheckStatus.Warning,
        _ => CheckStatus.Critical,
    };

    private static void Kill(Process process)
    {
        try
        {
            if (s_setsid is not null)
            {
                ProcessGroup.Kill(process.Id);
            }

            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended meanwhile.
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var info = new ProcessStartInfo(s_setsid ?? args[0])
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in s_setsid is null ? args.AsSpan(1) : args)
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }

    private async Task CopyAsync(Stream from, TailBuffer to, CancellationTokenSource flooded, CancellationToken stop)
    {
        var buffer = new byte[4096];
        try
        {
            int read;
            while (to.Total <= readMax && (read = await from.ReadAsync(buffer, stop)) > 0)
            {
                to.Write(buffer.AsSpan(0, read));
            }

            if (to.Total > readMax)
            {
                flooded.Cancel();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The pipe is gone, or nobody listens any more.
        }
    }
}
