using System.Buffers.Binary;
using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>Puts a snapshot together that is restored through the log: pieces first, and then one entry that makes it the state.</summary>
/// <remarks>
/// A snapshot goes through the log like anything else, so it is there on every server or on none, at one index. Body of a piece: 1
/// (1 byte), restore id (16), bytes. Body of the end: 2 (1), restore id (16), lineage (16), cluster time in ticks (8), length of all
/// pieces (8). Body of giving it up: 3 (1), restore id (16).
/// Pieces of one restore are in one term; an entry of another restore or of a later term throws away what is there, and so do
/// <see cref="AbandonedEntries"/> or <see cref="AbandonedBytes"/> of others after its last piece, for who proposed it may be dead. All of
/// that is decided by the log alone, so it is the same on every server. While there is something, no snapshot of the state is taken: it
/// would not hold the pieces.
/// </remarks>
internal sealed class RestoreAssembly
{
    public const int PieceBytes = 256 * 1024;

    /// <summary>After so many entries without a piece, a restore is nobody's.</summary>
    public const ulong AbandonedEntries = 256 * 1024;

    /// <summary>After so many bytes of other entries without a piece, a restore is nobody's.</summary>
    public const long AbandonedBytes = 1024L * 1024 * 1024;

    private const byte Piece = 1;
    private const byte End = 2;
    private const byte GivenUp = 3;
    private const int HeaderBytes = 17;
    private const int EndBytes = HeaderBytes + 16 + 8 + 8;

    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private Guid _restore;
    private ulong _term;
    private long _length;
    private ulong _last;
    private long _bytesSince;

    /// <summary>The first entry of the restore that is under way: the log must keep it.</summary>
    public ulong? First { get; private set; }

    public static byte[] EncodePiece(Guid restore, ReadOnlySpan<byte> bytes)
    {
        var body = new byte[HeaderBytes + bytes.Length];
        body[0] = Piece;
        restore.TryWriteBytes(body.AsSpan(1), bigEndian: true, out _);
        bytes.CopyTo(body.AsSpan(HeaderBytes));
        return body;
    }

    public static byte[] EncodeEnd(Guid restore, Guid lineage, TimeSpan clusterTime, long length)
    {
        var body = new byte[EndBytes];
        body[0] = End;
        restore.TryWriteBytes(body.AsSpan(1), bigEndian: true, out _);
        lineage.TryWriteBytes(body.AsSpan(HeaderBytes), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(HeaderBytes + 16), clusterTime.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(HeaderBytes + 24), length);
        return body;
    }

    public static byte[] EncodeGivenUp(Guid restore)
    {
        var body = new byte[HeaderBytes];
        body[0] = GivenUp;
        restore.TryWriteBytes(body.AsSpan(1), bigEndian: true, out _);
        return body;
    }

    /// <summary>Puts the leader's cluster time into the end of a restore; anything else stays as it is.</summary>
    public static void Stamp(Span<byte> body, TimeSpan clusterTime)
    {
        if (body.Length == EndBytes && body[0] == End)
        {
            BinaryPrimitives.WriteInt64LittleEndian(body[(HeaderBytes + 16)..], clusterTime.Ticks);
        }
    }

    /// <summary>An entry is applied: a restore of an earlier term, or whose last piece is long ago, will never be whole.</summary>
    public void OnEntry(in LogEntry entry)
    {
        if (First is null)
        {
            return;
        }

        _bytesSince += entry.Body.Length;
        if (entry.Term != _term || entry.Index - _last > AbandonedEntries || _bytesSince > AbandonedBytes)
        {
            Clear();
        }
    }

    public void Clear()
    {
        _pieces.Clear();
        (_length, First) = (0, null);
    }

    /// <summary>Takes an entry; false when it is not well-formed, or ends a restore that is not whole.</summary>
    public bool Accept(in LogEntry entry, StateMachine stateMachine)
    {
        ReadOnlySpan<byte> body = entry.Body.Span;
        if (body.Length < HeaderBytes)
        {
            return false;
        }

        var restore = new Guid(body[1..HeaderBytes], bigEndian: true);
        if (body[0] == GivenUp)
        {
            if (restore == _restore)
            {
                Clear();
            }

            return true;
        }

        if (restore != _restore || entry.Term != _term)
        {
            Clear();
            (_restore, _term) = (restore, entry.Term);
        }

        if (body[0] == Piece)
        {
            First ??= entry.Index;
            (_last, _bytesSince) = (entry.Index, 0);
            _pieces.Add(entry.Body[HeaderBytes..]);
            _length += body.Length - HeaderBytes;
            return true;
        }

        bool isWhole = body[0] == End && body.Length == EndBytes
            && BinaryPrimitives.ReadInt64LittleEndian(body[(HeaderBytes + 24)..]) == _length;
        if (isWhole)
        {
            return Finish(entry.Index, body, stateMachine);
        }

        Clear();
        return false;
    }

    // The proposer has read the snapshot before it proposed anything; every server reads it alike.
    private bool Finish(ulong index, ReadOnlySpan<byte> body, StateMachine stateMachine)
    {
        StateSnapshot snapshot;
        try
        {
            using var stream = new PieceStream(_pieces);
            snapshot = stateMachine.ReadSnapshot(stream);
        }
        catch (DiscoveryException)
        {
            Clear();
            return false;
        }

        var lineage = new Guid(body[HeaderBytes..(HeaderBytes + 16)], bigEndian: true);
        var clusterTime = new TimeSpan(BinaryPrimitives.ReadInt64LittleEndian(body[(HeaderBytes + 16)..]));

        // A state of a cluster that was further on: indexes go on above its own, and so ahead of this log's numbers.
        ulong ahead = Math.Max(stateMachine.Current.Ahead, snapshot.Index >= index ? snapshot.Index + 1 - index : 0);
        stateMachine.Restore(snapshot, index + ahead, lineage, clusterTime, ahead);
        Clear();
        return true;
    }
}
