using System.Text;
using Discovery.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Discovery.Configuration;

/// <summary>The node tells the app's configuration, in virtual time.</summary>
public sealed class ConfigurationLoopTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("discovery-configuration").FullName;
    private readonly RecordingLogger<ConfigurationLoop> _log = new();
    private int _reloads;

    private string CopyFile => Path.Combine(_directory, "app.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void NoLeader_CopyStays_UntilTheStoreWasRead() => Run(async (node, start) =>
    {
        WriteCopy("Color", "red");
        node.Faulty.Faults = FaultyCommandLogOptions.None with { BarrierRefused = 1 };
        IConfigurationRoot configuration = await start("app", static _ => { });
        await node.Kernel.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(("red", 0), (configuration["color"], _reloads));
        Assert.StartsWith("2303 Warning", Assert.Single(_log.Lines), StringComparison.Ordinal);

        node.Faulty.Faults = FaultyCommandLogOptions.None;
        await node.Kernel.AdvanceAsync(ConfigurationLoop.RetryDelay);
        Assert.Equal((null, 1), (configuration["color"], _reloads));
    });

    [Fact]
    public void Writes_EachThatShows_ReloadsOnce() => Run(async (node, start) =>
    {
        await Put(node, "app/Database/Timeout", "5");
        await Put(node, "application/Color", "not ours");
        WriteCopy("Database/Timeout", "5");
        IConfigurationRoot configuration = await start("app", static _ => { });
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(("5", 0), (configuration["database:TIMEOUT"], _reloads));

        await node.Store.TransactAsync(
        [
            new KeyValueOperation(KeyValueVerb.Set, "app/a") { Value = "1"u8.ToArray() },
            new KeyValueOperation(KeyValueVerb.Set, "app/b") { Value = "2"u8.ToArray() },
        ]);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(("1", "2", 1), (configuration["a"], configuration["b"], _reloads));

        await node.Store.PutAsync("app/a", "1"u8.ToArray(), new KeyValuePut { Flags = 7 });
        await Put(node, "app/folder/", "");
        await Put(node, "other", "x");
        await node.Store.DeleteAsync("app/b");
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((null, 2), (configuration["b"], _reloads));
        Assert.Equal(["a", "Database"], configuration.GetChildren().Select(static child => child.Key));
    });

    [Fact]
    public void Restore_OtherState_ReplacesEverything() => Run(async (node, start) =>
    {
        await Put(node, "app/old", "1");
        byte[] snapshot = node.Snapshot();
        IConfigurationRoot configuration = await start("app/", static _ => { });
        await Put(node, "app/new", "2");
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("2", configuration["new"]);

        await node.RestoreAsync(snapshot);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(("1", null), (configuration["old"], configuration["new"]));
    });

    [Theory]
    [InlineData(new byte[] { (byte)'{', (byte)'"', (byte)'s', (byte)'3' })]
    [InlineData(new byte[] { (byte)'s', (byte)'3', 0xFF })]
    public void BadValue_LastGoodStays_AndNoValueIsTold(byte[] bad) => Run(async (node, start) =>
    {
        await Put(node, "app/a", "1");
        IConfigurationRoot configuration = await start("app/", static o => o.IsJson = static _ => true);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        await node.Store.PutAsync("app/b", bad);
        await Put(node, "app/a", "2");
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(("1", null), (configuration["a"], configuration["b"]));
        Assert.Equal(2, _log.Lines.Count);
        Assert.All(_log.Lines, static line => Assert.StartsWith("2300 Error", line, StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, static line => line.Contains("s3", StringComparison.Ordinal));

        await Put(node, "app/b", """{"C": [true, null, "x"]}""");
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(("2", "True"), (configuration["a"], configuration["b:c:0"]));
        Assert.Equal((null, "x"), (configuration["b:c:1"], configuration["b:c:2"]));
    });

    [Fact]
    public void Callback_Throws_TheWatchGoesOn() => Run(async (node, start) =>
    {
        IConfigurationRoot configuration = await start("app/", static _ => { });
        using IDisposable planted = configuration.GetReloadToken().RegisterChangeCallback(
            static _ => throw new InvalidOperationException("planted"), null);
        await Put(node, "app/a", "1");
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        await Put(node, "app/a", "2");
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("2", configuration["a"]);
        Assert.StartsWith("2304 Error", Assert.Single(_log.Lines), StringComparison.Ordinal);
    });

    [Fact]
    public void Load_DamagedCopy_IsToldAndReplaced() => Run(async (node, start) =>
    {
        WriteCopy("Color", "red");
        File.WriteAllText(CopyFile, File.ReadAllText(CopyFile).Replace("cmVk", "cmVj", StringComparison.Ordinal));
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(
            () => new ConfigurationBuilder().AddDiscoveryKeyValue("app/", o => o.CopyFile = CopyFile).Build());
        Assert.Contains("its checksum is another one", failure.Message, StringComparison.Ordinal);

        await Put(node, "app/Color", "blue");
        IConfigurationRoot configuration = await start("app/", static _ => { });
        Assert.Null(configuration["Color"]);
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.StartsWith("2301 Warning", Assert.Single(_log.Lines), StringComparison.Ordinal);
        IConfiguration next = new ConfigurationBuilder().AddDiscoveryKeyValue("app/", o => o.CopyFile = CopyFile).Build();
        Assert.Equal("blue", next["Color"]);
    });

    [Fact]
    public void Copy_DiskSaysNo_LeavesNothingBehindAndIsWrittenLater() => Run(async (node, start) =>
    {
        Directory.CreateDirectory(CopyFile);
        await Put(node, "app/Color", "blue");
        await start("app/", static _ => { });
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.StartsWith("2302 Warning", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Equal([CopyFile], Directory.EnumerateFileSystemEntries(_directory));

        Directory.Delete(CopyFile);
        await node.Kernel.AdvanceAsync(ConfigurationLoop.CopyRetryDelay);
        Assert.Single(_log.Lines);
        IConfiguration next = new ConfigurationBuilder().AddDiscoveryKeyValue("app/", o => o.CopyFile = CopyFile).Build();
        Assert.Equal("blue", next["Color"]);
    });

    [Fact]
    public void Reload_OfTheRoot_KeepsWhatTheNodeTold() => Run(async (node, start) =>
    {
        await Put(node, "app/a", "1");
        IConfigurationRoot configuration = await start("app/", static _ => { });
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        File.Delete(CopyFile);
        configuration.Reload();
        Assert.Equal("1", configuration["a"]);
    });

    private static async Task Put(KeyValueNode node, string key, string value) =>
        await node.Store.PutAsync(key, Encoding.UTF8.GetBytes(value));

    private void WriteCopy(string name, string value) => ConfigurationCopy.Write(
        CopyFile, "app/", new SortedDictionary<string, byte[]>(StringComparer.Ordinal) { [name] = Encoding.UTF8.GetBytes(value) });

    private void Run(Func<KeyValueNode, Func<string, Action<KeyValueConfigurationOptions>, Task<IConfigurationRoot>>, Task> test)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            using var ended = new CancellationTokenSource();
            await using var node = new KeyValueNode(kernel);
            Task loop = Task.CompletedTask;
            await test(node, (prefix, configure) =>
            {
                IConfigurationRoot configuration = new ConfigurationBuilder().AddDiscoveryKeyValue(prefix, o =>
                {
                    o.CopyFile = CopyFile;
                    o.Optional = true;
                    configure(o);
                }).Build();
                ChangeToken.OnChange(configuration.GetReloadToken, () => _reloads++);
                var follower = new ConfigurationLoop(node.Store, node.Runtime, _log, configuration);
                loop = node.Runtime.Start(() => follower.RunAsync(ended.Token));
                return Task.FromResult(configuration);
            });
            await ended.CancelAsync();
            await loop.ContinueWith(static _ => { }, TaskScheduler.Current);
        });
    }
}
