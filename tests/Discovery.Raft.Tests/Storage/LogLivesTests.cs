using Discovery.Testing;
using Xunit.Abstractions;

namespace Discovery.Storage;

/// <summary>Many lives of one log, each ended by a power failure, a failed sync or a killed process, also while it is recovered.</summary>
public sealed class LogLivesTests(ITestOutputHelper output)
{
    private const int LivesPerSeed = 6;

    [Fact]
    public async Task Lives_EndedAnywhere_LoseNothingAcknowledged()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int seed = 1000; seed <= 1300; seed++)
        {
            await LiveAsync(seed, static disk => disk, counts);
        }

        output.WriteLine(string.Join(", ", counts.Select(static count => $"{count.Key} {count.Value}")));
        string[] expected =
            ["append", "compact", "cut", "failed sync", "install", "kept memory", "power failure", "reopen", "settle", "sync"];
        Assert.Equal(expected, counts.Keys);
        Assert.All(counts.Values, static count => Assert.InRange(count, 20, int.MaxValue));
    }

    [Fact]
    public Task Lives_OfAStoreThatAcknowledgesBeforeTheSync_AreCaught() =>
        AssertCaughtAsync(static disk => new CarelessDisk(disk) { SkipsFileSyncs = true });

    [Fact]
    public Task Lives_OfAStoreThatForgetsDirectories_AreCaught() =>
        AssertCaughtAsync(static disk => new CarelessDisk(disk) { SkipsDirectorySyncs = true });

    [Fact]
    public Task Lives_OfAStoreThatTrustsWhatItReadsAfterAFailedSync_AreCaught()
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        return AssertCaughtAsync(disk => new CarelessDisk(disk)
        {
            SkipsWrite = (path, offset, bytes) =>
                offset >= LogLayout.DataOffset && !written.Add($"{disk.GetHashCode()} {path} {offset} {Convert.ToHexString(bytes.Span)}"),
        });
    }

    [Fact]
    public Task Lives_OfAStoreThatDoesNotSealATornEnd_AreCaught() => AssertCaughtAsync(static disk => new CarelessDisk(disk)
    {
        SkipsWrite = static (_, offset, bytes) =>
            offset >= LogLayout.DataOffset && BatchHeader.TryRead(bytes.Span, out BatchHeader batch) && batch.IsSeal,
    });

    private async Task AssertCaughtAsync(Func<SimulatedDisk, IDisk> plant)
    {
        for (int seed = 1; seed <= 200; seed++)
        {
            try
            {
                await LiveAsync(seed, plant, []);
            }
            catch (Exception e) when (e is CheckFailedException or StorageException or InvariantViolationException)
            {
                output.WriteLine($"seed {seed}: {e.Message}");
                return;
            }
        }

        Assert.Fail("not caught");
    }

    private static async Task LiveAsync(int seed, Func<SimulatedDisk, IDisk> plant, SortedDictionary<string, int> counts)
    {
        var random = new Random(seed);
        var disk = new SimulatedDisk(seed);
        var model = new LogModel();
        for (int life = 0; life < LivesPerSeed; life++)
        {
            disk.CrashAt = disk.Calls + random.Next(1, 90);
            disk.CrashesAfterCall = random.Next(2) == 0;
            disk.FailSyncAt = random.Next(3) == 0 ? disk.Syncs + random.Next(1, 30) : int.MaxValue;
            var story = new LogStory(plant(disk), random.Next(), model);
            try
            {
                await story.OpenAsync();
                await story.RunAsync(40);
                await story.CloseAsync();
                disk.EndProcess();
            }
            catch (DiskCrashException)
            {
                Count(counts, "power failure");
                disk = disk.Crashed(random.Next());
            }
            catch (StorageException e) when (e.Trouble == StorageTrouble.Failed && e.InnerException is not null)
            {
                Count(counts, "failed sync");
                if (random.Next(3) > 0)
                {
                    Count(counts, "kept memory");
                    disk.EndProcess();
                }
                else
                {
                    disk = disk.Crashed(random.Next());
                }
            }

            foreach ((string what, int count) in story.Counts)
            {
                counts[what] = counts.GetValueOrDefault(what) + count;
            }
        }
    }

    private static void Count(SortedDictionary<string, int> counts, string what) => counts[what] = counts.GetValueOrDefault(what) + 1;
}
