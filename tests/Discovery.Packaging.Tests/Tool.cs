using System.Diagnostics;
using System.Text;

namespace Discovery.Packaging;

/// <summary>Runs a program to its end, away from the settings that the surrounding test run has put into the environment.</summary>
internal static class Tool
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(3);

    public static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using CancellationTokenSource deadline = new(s_deadline);
        using Process process = Process.Start(Describe(folder, program, arguments))!;
        StringBuilder output = new();
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(deadline.Token);
            output.Append(await process.StandardOutput.ReadToEndAsync(deadline.Token));
            output.Append(await errors);
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            output.Append($"\nended after {s_deadline}");
        }

        if (!process.HasExited || process.ExitCode != 0)
        {
            Assert.Fail($"{program} {string.Join(' ', arguments)} failed:\n{output}");
        }

        return output.ToString();
    }

    public static ProcessStartInfo Describe(string folder, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(IsOfTheTestRun).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        // A server that outlives the build would keep the pipes open, and with them the reader waiting.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        return start;
    }

    private static bool IsOfTheTestRun(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase) ||
        name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase) || name is "NUGET_PACKAGES" or "TestingPlatform";
}
