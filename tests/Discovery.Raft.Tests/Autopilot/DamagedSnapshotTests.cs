using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Testing;

namespace Discovery.Autopilot;

/// <summary>A server whose disk has damaged a snapshot that it can do without.</summary>
public sealed class DamagedSnapshotTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("discovery-raft-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Start_WithADamagedSnapshot_TellsOfItOnceAndLeavesIt()
    {
        var disk = new SimulatedDisk();
        using var server = new LonelyServer(disk, _directory);
        string path = Path.Combine(_directory, "raft", "snapshots", SnapshotLayout.NameOf(new LogPosition(1, 1)));
        server.Kernel.Run(async () =>
        {
            await server.FormatAsync();
            disk.Plant(path, [1, 2, 3]);
            await server.StartAsync();
            await server.LeadAsync();
            await server.PutAsync("a");
        });

        Assert.Equal(
            [
                $"3011 Error Snapshot {path} is not as it was written: look after this disk. The log reaches back to another one, so "
                    + "nothing is lost; the next snapshot takes the place of the damaged one",
            ],
            server.Told.Lines.Where(static line => line.StartsWith("3011", StringComparison.Ordinal)));
        Assert.Equal([1, 2, 3], disk.Peek(path));
    }
}
