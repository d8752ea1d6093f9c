using System.Text;
using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Servers and messages for tests.</summary>
internal static class Messages
{
    public static readonly Guid Cluster = new("00000000-0000-0000-0000-0000000000c1");

    public static VoterId Id(int number, int log = 0) => new(GuidOf(number), GuidOf(log == 0 ? number + 100 : log));

    public static LogEntry Entry(ulong index, string body) => new(index, 3, EntryKind.Command, Encoding.UTF8.GetBytes(body));

    public static AppendRequest Append(VoterId from, VoterId to, ulong previous, params byte[][] bodies) => new(
        from, to, 5, new LogPosition(previous, 4),
        [.. bodies.Select((body, i) => new LogEntry(previous + (ulong)i + 1, 5, EntryKind.Command, body))], 2, 9);

    public static Heartbeat Beat(VoterId from, VoterId to, ulong stamp) => new(from, to, 5, 2, stamp);

    public static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static RaftConfiguration Configuration(params int[] members) =>
        RaftConfiguration.Of(members.Select(static member => new RaftMember(Id(member), MemberRole.Voter)));

    /// <summary>One of each kind, and an append with and without entries.</summary>
    public static RaftMessage[] OfEachKind(VoterId from, VoterId to) =>
    [
        new AppendRequest(
            from, to, 7, new LogPosition(40, 6),
            [Entry(41, "one"), new LogEntry(42, 7, EntryKind.Empty, default), Entry(43, "three")], 39, 77),
        new AppendRequest(from, to, 7, new LogPosition(40, 6), [], 39, 77),
        new AppendAccepted(from, to, 7, 43, 77),
        new AppendRejected(from, to, 7, 40, new LogPosition(30, 5), 77),
        new Heartbeat(from, to, 7, 39, 78),
        new HeartbeatReply(from, to, 7, 78),
        new VoteRequest(from, to, 8, new LogPosition(43, 7), true, false),
        new VoteReply(from, to, 8, true, true),
        new InstallSnapshot(
            from, to, 7, new SnapshotMeta(new LogPosition(40, 6), new ConfigurationEntry(1, Configuration(1, 2))), 79),
        new TimeoutNow(from, to, 7),
        new ReadIndexRequest(from, to, 7, 12, true),
        new ReadIndexReply(from, to, 7, 12, true, 39),
    ];

    /// <summary>A message as text, with the content of its entries.</summary>
    public static string Text(RaftMessage message) => message switch
    {
        AppendRequest append => append with { Entries = [] } + " " + string.Join(
            ',', append.Entries.Select(static e => $"{e.Index}/{e.Term}/{e.Kind}:{Convert.ToHexString(e.Body.Span)}")),
        InstallSnapshot install => $"{install with { Meta = null! }} {install.Meta.Last} {install.Meta.Configuration}",
        _ => message.ToString(),
    };

    private static Guid GuidOf(int number)
    {
        byte[] id = new byte[16];
        id[15] = (byte)number;
        return new Guid(id, bigEndian: true);
    }
}
