using System.Diagnostics;
using System.Globalization;

namespace Discovery.Hosting;

/// <summary>What a node adds to a bare ASP.NET Core app, measured in fresh processes of the start probe.</summary>
[Trait("Kind", "RealSockets")]
public sealed class StartCostTests
{
    /// <summary>Methods that a node adds until its app has started; call counting is off, so that none is compiled twice.</summary>
    /// <remarks>The packages are not precompiled here; an app published with ReadyToRun compiles about a third of these.</remarks>
    private const int MethodsAdded = 2846;

    private const long ResidentBytesMax = 15 * 1024 * 1024;

    [SkippableFact]
    public async Task Start_OfANode_CompilesNoMoreMethodsThanPinned()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the probe reads /proc");
        IReadOnlyDictionary<string, long> bare = await ProbeAsync();
        IReadOnlyDictionary<string, long> node = await ProbeAsync("discovery");

        Assert.InRange(node["methods"] - bare["methods"], 1, MethodsAdded * 11 / 10);
    }

    [SkippableFact]
    public async Task N1_ANodeInAnApp_ListensOnNoSocketOfItsOwnAndAnswersEveryCall()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the probe reads /proc");
        IReadOnlyDictionary<string, long> bare = await ProbeAsync();
        IReadOnlyDictionary<string, long> node = await ProbeAsync("discovery");

        Assert.Equal(1, bare["listeners"]);
        Assert.Equal((1, 1), (node["listeners"], node["listeners-after-use"]));
        Assert.Equal((1, 1, 1, 1), (node["passing"], node["queried"], node["nodes"], node["explained"]));
    }

    [SkippableFact]
    public async Task Idle_Node_AddsAtMostFifteenMegabytes()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the probe reads /proc");
        var added = new List<long>();
        for (int i = 0; i < 3; i++)
        {
            long bare = (await ProbeAsync("idle"))["resident"];
            added.Add((await ProbeAsync("idle", "discovery"))["resident"] - bare);
        }

        // What else happens on the machine only ever adds: the least of them is what the node needs.
        Assert.InRange(added.Min(), 1, ResidentBytesMax);
    }

    private static async Task<IReadOnlyDictionary<string, long>> ProbeAsync(params string[] arguments)
    {
        string project = Path.GetFullPath("../../../../Discovery.StartProbe", AppContext.BaseDirectory);
        string output = Path.GetRelativePath(
            Path.GetFullPath("../../..", AppContext.BaseDirectory), AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(project, output, "Discovery.StartProbe.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_TC_CallCounting"] = "0", ["DOTNET_TieredPGO"] = "0" },
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{text}\n{await errors}");
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' '))
            .ToDictionary(
                static words => words[0], static words => long.Parse(words[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }
}
