using Discovery.Protocol;
using Discovery.Testing;

namespace Discovery.Driver;

/// <summary>What becomes of the pieces of a restore: decided by the log alone.</summary>
public sealed class RestoreAssemblyTests
{
    private static readonly Guid s_restore = new("11111111-0000-0000-0000-000000000001");
    private static readonly Guid s_other = new("11111111-0000-0000-0000-000000000002");
    private static readonly Guid s_lineage = new("11111111-0000-0000-0000-000000000003");

    private readonly RestoreAssembly _assembly = new();
    private readonly LedgerMachine _machine = new();
    private readonly byte[] _snapshot;

    public RestoreAssemblyTests()
    {
        var saved = new LedgerMachine();
        saved.Put("restored", "g", 1);
        _snapshot = saved.Snapshot();
    }

    [Fact]
    public void Accept_AllPiecesAndTheEnd_IsTheState()
    {
        Assert.True(Apply(10, Piece(s_restore, _snapshot[..50])));
        Assert.Equal(10UL, _assembly.First);
        Apply(11, []);
        Assert.True(Apply(12, Piece(s_restore, _snapshot[50..])));
        Assert.Equal(10UL, _assembly.First);

        Assert.True(Apply(13, End(s_restore)));

        Assert.Equal((13UL, s_lineage, null), (_machine.State.Index, _machine.State.Lineage, _assembly.First));
    }

    [Fact]
    public void Accept_StateOfALogThatWasFurtherOn_MovesIndexesAheadForGood()
    {
        var further = new LedgerMachine();
        further.Skip(500);
        further.Put("restored", "g", 1);
        Apply(10, Piece(s_other, further.Snapshot()));
        Assert.True(Apply(11, RestoreAssembly.EncodeEnd(s_other, s_lineage, TimeSpan.Zero, further.Snapshot().Length)));
        Assert.Equal((501UL, 490UL), (_machine.State.Index, _machine.State.Ahead));

        Apply(12, Piece(s_restore, _snapshot));
        Assert.True(Apply(13, End(s_restore)));

        Assert.Equal((503UL, 490UL), (_machine.State.Index, _machine.State.Ahead));
    }

    [Fact]
    public void Accept_GivenUp_LetsThePiecesGoAndTheEndIsNone()
    {
        Apply(10, Piece(s_restore, _snapshot));
        Assert.True(Apply(11, RestoreAssembly.EncodeGivenUp(s_restore)));
        Assert.Null(_assembly.First);

        Assert.False(Apply(12, End(s_restore)));
        Assert.NotEqual(s_lineage, _machine.State.Lineage);
    }

    [Fact]
    public void Accept_GivingUpAnother_LetsThisOneGoOn()
    {
        Apply(10, Piece(s_restore, _snapshot));
        Assert.True(Apply(11, RestoreAssembly.EncodeGivenUp(s_other)));

        Assert.True(Apply(12, End(s_restore)));
    }

    [Fact]
    public void Accept_EndThatIsNotWhole_LetsThePiecesGo()
    {
        Apply(10, Piece(s_restore, _snapshot[..50]));

        Assert.False(Apply(11, End(s_restore)));
        Assert.Null(_assembly.First);
    }

    [Theory]
    [InlineData(10 + RestoreAssembly.AbandonedEntries, true)]
    [InlineData(11 + RestoreAssembly.AbandonedEntries, false)]
    public void OnEntry_SoManyAfterTheLastPiece_LetsThePiecesGo(ulong next, bool isKept)
    {
        Apply(10, Piece(s_restore, _snapshot));

        Apply(next, []);

        Assert.Equal(isKept, _assembly.First is not null);
    }

    [Fact]
    public void OnEntry_SoManyBytesAfterTheLastPiece_LetsThePiecesGo()
    {
        Apply(10, Piece(s_restore, _snapshot[..50]));
        var large = new byte[64 * 1024 * 1024];
        ulong most = (ulong)(RestoreAssembly.AbandonedBytes / large.Length);
        for (ulong i = 1; i < most; i++)
        {
            Apply(10 + i, large);
        }

        // A piece, and all counts from there.
        Apply(10 + most, Piece(s_restore, _snapshot[50..]));
        for (ulong i = 1; i <= most; i++)
        {
            Apply(10 + most + i, large);
        }

        Assert.Equal(10UL, _assembly.First);
        Apply(11 + (2 * most), [1]);
        Assert.Null(_assembly.First);
    }

    [Fact]
    public void OnEntry_OfALaterTermOrAnotherRestore_LetsThePiecesGo()
    {
        Apply(10, Piece(s_restore, _snapshot));
        Apply(11, [], term: 3);
        Assert.Null(_assembly.First);

        Apply(12, Piece(s_restore, _snapshot[..50]), term: 3);
        Apply(13, Piece(s_other, _snapshot), term: 3);
        Assert.Equal(13UL, _assembly.First);
        Assert.True(Apply(14, End(s_other), term: 3));
    }

    [Fact]
    public void Accept_LatePieceOfWhatWasLetGo_DoesNotMakeItWhole()
    {
        Apply(10, Piece(s_restore, _snapshot[..50]));
        ulong late = 11 + RestoreAssembly.AbandonedEntries;
        Apply(late, Piece(s_restore, _snapshot[50..]));
        Assert.Equal(late, _assembly.First);

        Assert.False(Apply(late + 1, End(s_restore)));
        Assert.Null(_assembly.First);
        Assert.NotEqual(s_lineage, _machine.State.Lineage);
    }

    private static byte[] Piece(Guid restore, byte[] bytes) => RestoreAssembly.EncodePiece(restore, bytes);

    private byte[] End(Guid restore) => RestoreAssembly.EncodeEnd(restore, s_lineage, TimeSpan.Zero, _snapshot.Length);

    // As the applier does it: every entry passes, those of restores are accepted too.
    private bool Apply(ulong index, byte[] body, ulong term = 2)
    {
        bool isRestore = body.Length is > 16 and < 1_000_000;
        var entry = new LogEntry(index, term, isRestore ? EntryKind.Restore : EntryKind.Command, body);
        _assembly.OnEntry(entry);
        return isRestore && _assembly.Accept(entry, _machine.Machine);
    }
}
