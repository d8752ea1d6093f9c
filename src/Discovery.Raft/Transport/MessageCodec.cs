using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>The messages of the protocol as bytes.</summary>
/// <remarks>
/// <code>
/// Numbers are little endian, ids big endian. From and To are not in it: they are the two ends of the connection, said once in its hello,
/// together with the format, which counts for everything on the connection.
///
/// kind 1 | term 8 | then by kind:
///  1 AppendRequest     previous index 8 | previous term 8 | commit 8 | stamp 8 | entries 4
///                      | each: term 8, kind 1, body length 4 | the bodies one after the other
///                      The first entry's index is the previous one plus 1, and so on.
///  2 AppendAccepted    match 8 | stamp 8
///  3 AppendRejected    previous 8 | hint index 8 | hint term 8 | stamp 8
///  4 Heartbeat         commit 8 | stamp 8
///  5 HeartbeatReply    stamp 8
///  6 VoteRequest       last index 8 | last term 8 | is a pre-vote 1 | is a transfer 1
///  7 VoteReply         is a pre-vote 1 | is granted 1
///  8 InstallSnapshot   last index 8 | last term 8 | configuration's index 8 | stamp 8 | configuration, to the end
///  9 TimeoutNow
/// 10 ReadIndexRequest  id 8 | is a lease enough 1
/// 11 ReadIndexReply    id 8 | is reached 1 | index 8
/// </code>
/// The bodies come last so that the writer can leave them where they are until they go out, piece by piece.
/// </remarks>
internal static class MessageCodec
{
    /// <summary>The format of all that is said on a connection; another one is refused at its beginning.</summary>
    public const ushort Format = 2;

    private const int EntryHeadBytes = 13;

    public static MessageKind KindOf(RaftMessage message) => message switch
    {
        AppendRequest => MessageKind.AppendRequest,
        AppendAccepted => MessageKind.AppendAccepted,
        AppendRejected => MessageKind.AppendRejected,
        Heartbeat => MessageKind.Heartbeat,
        HeartbeatReply => MessageKind.HeartbeatReply,
        VoteRequest => MessageKind.VoteRequest,
        VoteReply => MessageKind.VoteReply,
        InstallSnapshot => MessageKind.InstallSnapshot,
        TimeoutNow => MessageKind.TimeoutNow,
        ReadIndexRequest => MessageKind.ReadIndexRequest,
        ReadIndexReply => MessageKind.ReadIndexReply,
        _ => throw new InvariantViolationException($"a message that has no number: {message.GetType().Name}"),
    };

    /// <summary>What a message counts for in limits of bytes; about its length on the wire.</summary>
    public static long CostOf(RaftMessage message)
    {
        long cost = 64;
        if (message is AppendRequest append)
        {
            for (int i = 0; i < append.Entries.Count; i++)
            {
                cost += append.Entries[i].Cost;
            }
        }

        return cost;
    }

    /// <summary>Writes all of a message but the bodies of its entries, which follow in their order.</summary>
    public static void WriteHead(RaftMessage message, WireBuffer into)
    {
        into.WriteByte((byte)KindOf(message));
        into.WriteUInt64(message.Term);
        switch (message)
        {
            case AppendRequest append:
                WriteAppend(append, into);
                break;
            case AppendAccepted accepted:
                into.WriteUInt64(accepted.Match);
                into.WriteUInt64(accepted.Stamp);
                break;
            case AppendRejected rejected:
                into.WriteUInt64(rejected.Previous);
                into.WritePosition(rejected.Hint);
                into.WriteUInt64(rejected.Stamp);
                break;
            case Heartbeat beat:
                into.WriteUInt64(beat.Commit);
                into.WriteUInt64(beat.Stamp);
                break;
            case HeartbeatReply reply:
                into.WriteUInt64(reply.Stamp);
                break;
            case VoteRequest request:
                into.WritePosition(request.Last);
                into.WriteBool(request.IsPreVote);
                into.WriteBool(request.IsTransfer);
                break;
            case VoteReply reply:
                into.WriteBool(reply.IsPreVote);
                into.WriteBool(reply.IsGranted);
                break;
            case InstallSnapshot install:
                into.WritePosition(install.Meta.Last);
                into.WriteUInt64(install.Meta.Configuration.Index);
                into.WriteUInt64(install.Stamp);
                into.Write(install.Meta.Configuration.Configuration.Encode());
                break;
            case ReadIndexRequest request:
                into.WriteUInt64(request.Id);
                into.WriteBool(request.IsLeaseEnough);
                break;
            case ReadIndexReply reply:
                into.WriteUInt64(reply.Id);
                into.WriteBool(reply.IsReached);
                into.WriteUInt64(reply.Index);
                break;
        }
    }

    /// <summary>Reads a message; every body gets an array of its own, so that a kept one keeps no others alive.</summary>
    /// <param name="bytes">The whole message.</param>
    /// <param name="from">Who sends it.</param>
    /// <param name="to">Whom it is meant for.</param>
    /// <param name="message">The message.</param>
    /// <returns>False when the bytes are no message.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, VoterId from, VoterId to, out RaftMessage? message)
    {
        message = null;
        var reader = new FieldReader(bytes);
        if (!reader.TryByte(out byte kind) || !reader.TryUInt64(out ulong term))
        {
            return false;
        }

        RaftMessage? read = (MessageKind)kind switch
        {
            MessageKind.AppendRequest => ReadAppend(ref reader, from, to, term),
            MessageKind.AppendAccepted => reader.TryUInt64(out ulong match) && reader.TryUInt64(out ulong stamp)
                ? new AppendAccepted(from, to, term, match, stamp) : null,
            MessageKind.AppendRejected => ReadRejected(ref reader, from, to, term),
            MessageKind.Heartbeat => reader.TryUInt64(out ulong commit) && reader.TryUInt64(out ulong stamp)
                ? new Heartbeat(from, to, term, commit, stamp) : null,
            MessageKind.HeartbeatReply => reader.TryUInt64(out ulong stamp) ? new HeartbeatReply(from, to, term, stamp) : null,
            MessageKind.VoteRequest =>
                reader.TryPosition(out LogPosition last) && reader.TryBool(out bool isPreVote) && reader.TryBool(out bool isTransfer)
                    ? new VoteRequest(from, to, term, last, isPreVote, isTransfer) : null,
            MessageKind.VoteReply => reader.TryBool(out bool isPreVote) && reader.TryBool(out bool isGranted)
                ? new VoteReply(from, to, term, isPreVote, isGranted) : null,
            MessageKind.InstallSnapshot => ReadInstall(ref reader, from, to, term),
            MessageKind.TimeoutNow => new TimeoutNow(from, to, term),
            MessageKind.ReadIndexRequest => reader.TryUInt64(out ulong id) && reader.TryBool(out bool isLeaseEnough)
                ? new ReadIndexRequest(from, to, term, id, isLeaseEnough) : null,
            MessageKind.ReadIndexReply =>
                reader.TryUInt64(out ulong id) && reader.TryBool(out bool isReached) && reader.TryUInt64(out ulong index)
                    ? new ReadIndexReply(from, to, term, id, isReached, index) : null,
            _ => null,
        };
        message = reader.IsAtEnd ? read : null;
        return message is not null;
    }

    private static void WriteAppend(AppendRequest append, WireBuffer into)
    {
        into.WritePosition(append.Previous);
        into.WriteUInt64(append.Commit);
        into.WriteUInt64(append.Stamp);
        into.WriteInt32(append.Entries.Count);
        ulong index = append.Previous.Index;
        for (int i = 0; i < append.Entries.Count; i++)
        {
            LogEntry entry = append.Entries[i];
            Invariant.Check(entry.Index == ++index, "entries of a message follow each other");
            into.WriteUInt64(entry.Term);
            into.WriteByte((byte)entry.Kind);
            into.WriteInt32(entry.Body.Length);
        }
    }

    private static AppendRequest? ReadAppend(ref FieldReader reader, VoterId from, VoterId to, ulong term)
    {
        bool isThere = reader.TryPosition(out LogPosition previous)
            & reader.TryUInt64(out ulong commit)
            & reader.TryUInt64(out ulong stamp)
            & reader.TryInt32(out int count);
        if (!isThere || count < 0 || count > reader.Left / EntryHeadBytes || previous.Index > ulong.MaxValue - (ulong)count)
        {
            return null;
        }

        reader.TryTake(count * EntryHeadBytes, out ReadOnlySpan<byte> heads);
        if (!AreWhole(heads, reader.Left))
        {
            return null;
        }

        var entries = count == 0 ? [] : new LogEntry[count];
        var head = new FieldReader(heads);
        for (int i = 0; i < count; i++)
        {
            ReadEntryHead(ref head, out ulong entryTerm, out EntryKind kind, out int length);
            reader.TryTake(length, out ReadOnlySpan<byte> body);
            entries[i] = new LogEntry(previous.Index + (ulong)i + 1, entryTerm, kind, body.ToArray());
        }

        return new AppendRequest(from, to, term, previous, entries, commit, stamp);
    }

    // Before anything is allocated: the lengths together are exactly what is there.
    private static bool AreWhole(ReadOnlySpan<byte> heads, int bodyBytes)
    {
        var head = new FieldReader(heads);
        while (!head.IsAtEnd)
        {
            ReadEntryHead(ref head, out _, out EntryKind kind, out int length);
            if (kind is < EntryKind.Empty or > EntryKind.Restore || length < 0 || length > bodyBytes)
            {
                return false;
            }

            bodyBytes -= length;
        }

        return bodyBytes == 0;
    }

    private static void ReadEntryHead(ref FieldReader head, out ulong term, out EntryKind kind, out int length)
    {
        head.TryUInt64(out term);
        head.TryByte(out byte number);
        head.TryInt32(out length);
        kind = (EntryKind)number;
    }

    private static AppendRejected? ReadRejected(ref FieldReader reader, VoterId from, VoterId to, ulong term) =>
        reader.TryUInt64(out ulong previous) && reader.TryPosition(out LogPosition hint) && reader.TryUInt64(out ulong stamp)
            ? new AppendRejected(from, to, term, previous, hint, stamp)
            : null;

    private static InstallSnapshot? ReadInstall(ref FieldReader reader, VoterId from, VoterId to, ulong term) =>
        reader.TryPosition(out LogPosition last)
            && reader.TryUInt64(out ulong index)
            && reader.TryUInt64(out ulong stamp)
            && RaftConfiguration.TryDecode(reader.TakeRest(), out RaftConfiguration configuration)
            ? new InstallSnapshot(from, to, term, new SnapshotMeta(last, new ConfigurationEntry(index, configuration)), stamp)
            : null;
}
