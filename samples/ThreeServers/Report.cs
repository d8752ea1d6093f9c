using System.Text.Json;

namespace ThreeServers;

/// <summary>What a server's process tells the one that watches: one line of JSON each.</summary>
/// <param name="Leader">Who leads, as the server sees it.</param>
/// <param name="Term">The term.</param>
/// <param name="Index">The last entry in its state.</param>
/// <param name="Count">How far the job has counted.</param>
/// <param name="IsJobHere">Whether the job runs here.</param>
internal sealed record Report(string? Leader, long? Term, ulong? Index, int? Count, bool? IsJobHere)
{
    private static readonly Lock s_lock = new();

    public static void State(string? leader, long term, ulong index) => Write(new Report(leader, term, index, null, null));

    public static void Job(int count, bool isRunning) => Write(new Report(null, null, null, count, isRunning));

    public static Report? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Report>(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Write(Report report)
    {
        lock (s_lock)
        {
            Console.WriteLine(JsonSerializer.Serialize(report));
        }
    }
}
